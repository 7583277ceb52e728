import type { Consent } from '../oauth.js';
import type { User } from '../rows.js';
import { type Html, html } from './html.js';
import { layout } from './layout.js';

const WORDS: Record<string, string> = {
  'tweet.read': 'Read posts',
  'tweet.write': 'Post and delete posts in the name of the account',
  'users.read': 'Read profiles',
  'media.write': 'Upload pictures',
  'dm.read': 'Read direct messages',
  'dm.write': 'Send direct messages',
  'offline.access': 'Stay connected until this is revoked',
};

/** Asks for an account's consent, as X would. `query` is what the link brought. */
export function authorizePage(
  app: string,
  { scopes }: Consent,
  users: readonly User[],
  query: Record<string, string | undefined>,
): Html {
  return layout(
    `Connect ${app} to an account?`,
    html`
<p>${app} asks to:</p>
<ul>${scopes.map((scope) => html`<li>${WORDS[scope] ?? scope}</li>`)}</ul>
<form method="post">
${Object.entries(query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${
  users.length > 0 &&
  html`<label for="handle">Account</label>
<select id="handle" name="handle">${users.map((user) => html`<option value="${user.handle}">@${user.handle}</option>`)}</select>`
}
<label for="new_handle">${users.length > 0 ? 'Or make a pretend account with this handle' : 'Make a pretend account with this handle'}</label>
<input id="new_handle" name="new_handle" autocomplete="off" maxlength="16">
<button name="decision" value="allow">Allow</button>
<button class="quiet" name="decision" value="deny">Deny</button>
</form>`,
  );
}

export function consentProblemPage(sentence: string): Html {
  return layout('This link cannot be used', html`<p>${sentence}</p>`);
}
