import { ENDPOINTS } from '../endpoint.js';
import { FAULTS } from '../faults.js';
import type { MeterReading } from '../meter.js';
import type { Fault, Media, Post, User } from '../rows.js';
import { newestFirst } from '../snowflake.js';
import type { State } from '../state.js';
import { type Html, html, linked } from './html.js';
import { instant, layout } from './layout.js';

const POSTS_SHOWN = 50;

/** The pretend timeline with its accounts, fault switches and meter. */
export function timelinePage(state: State, meter: MeterReading, now: Date): Html {
  const posts = state.all('posts').sort(newestFirst);
  const shown = posts.filter((post) => post.history.at(-1) === post.id).slice(0, POSTS_SHOWN);
  return layout(
    'The pretend timeline',
    html`
<p class="small">On the clock of the service it is ${instant(now.toISOString())}.</p>
<h2 id="posts">Posts</h2>
${shown.length > 0 ? shown.map((post) => postCard(state, post)) : html`<p>Nobody has posted yet.</p>`}
${postForm(state.all('users'))}
<h2>Accounts</h2>
${accountList(state.all('users'))}
<h2>Direct messages</h2>
${messageList(state)}
<h2>Faults</h2>
<p>Make a coming call fail, to see what the service does.</p>
${waitingFaults(state.all('faults'))}
${faultForm()}
<h2>What X would have charged</h2>
${meterTable(meter)}
<form method="post" action="/simulator/reset">
<h2>Start again</h2>
<p>Forgets every account, post, token, letter and charge of the demonstration.</p>
<button class="quiet">Forget everything</button>
</form>`,
  );
}

function postCard(state: State, post: Post): Html {
  const author = state.get('users', post.authorId);
  const original = post.repostOf ? state.get('posts', post.repostOf) : undefined;
  const quoted = post.quoteOf ? state.get('posts', post.quoteOf) : undefined;
  return html`<article>
${avatar(author)}
<h3>${author?.name ?? 'Somebody'} <span class="small">@${author?.handle}</span></h3>
<p class="small">${instant(post.createdAt)}${post.history.length > 1 && ' · edited'}${post.replyTo && ' · a reply'} · ${post.source}</p>
<p>${original ? html`Reposted: ${linked(original.text)}` : linked(post.text)}</p>
${quoted && html`<p class="small">Quoting: ${quoted.text}</p>`}
${post.mediaKeys.flatMap((key) => state.get('media', key) ?? []).map(figure)}
${post.poll && html`<ul>${post.poll.options.map(({ label, votes }) => html`<li>${label}: ${votes} votes</li>`)}</ul>`}
</article>`;
}

function figure({ id, alt, width, height, type }: Media): Html {
  if (type === 'video') return html`<p class="small">A video${alt && html`: ${alt}`}</p>`;
  return html`<figure><img src="/simulator/media/${id}" alt="${alt ?? ''}" width="${width}" height="${height}">
<figcaption>${alt ? html`Description: ${alt}` : 'This picture has no description.'}</figcaption></figure>`;
}

function avatar(user: User | undefined): Html | null {
  return user?.picture
    ? html`<img class="avatar" src="/simulator/media/${user.picture}" alt="" width="48" height="48">`
    : null;
}

function accountList(users: readonly User[]): Html {
  if (users.length === 0) return html`<p>There are no accounts yet.</p>`;
  return html`<ul class="plain">${users.map(
    (user) =>
      html`<li class="card">${avatar(user)}<strong>${user.name}</strong> <span class="small">@${user.handle}</span><p>${user.bio}</p></li>`,
  )}</ul>`;
}

function messageList(state: State): Html {
  const messages = state.all('messages').sort(newestFirst).slice(0, POSTS_SHOWN);
  if (messages.length === 0) return html`<p>No direct messages have been sent.</p>`;
  const handle = (id: string) => `@${state.get('users', id)?.handle}`;
  return html`${messages.map(
    ({ fromId, toId, text, createdAt }) =>
      html`<div class="card"><p class="small">${handle(fromId)} to ${handle(toId)}, ${instant(createdAt)}</p><p>${linked(text)}</p></div>`,
  )}`;
}

function postForm(users: readonly User[]): Html | null {
  if (users.length === 0) return null;
  return html`<form method="post" action="/simulator/posts">
<h3>Post as somebody, from a phone</h3>
<label for="post-handle">Account</label>
<select id="post-handle" name="handle">${users.map(({ handle }) => html`<option value="${handle}">@${handle}</option>`)}</select>
<label for="post-text">Text</label>
<textarea id="post-text" name="text" rows="3" required></textarea>
<button>Post</button>
</form>`;
}

function waitingFaults(faults: readonly Fault[]): Html {
  if (faults.length === 0) return html`<p>No fault is waiting.</p>`;
  return html`<ul>${faults.map(
    ({ endpoint, kind, skip, left }) =>
      html`<li>${FAULTS[kind]}, on ${endpoint}, ${skip > 0 && `after ${skip} more, `}${left === null ? 'every time' : `${left} times`}</li>`,
  )}</ul>
<form method="post" action="/simulator/faults/ended"><button class="quiet">End all faults</button></form>`;
}

function faultForm(): Html {
  return html`<form method="post" action="/simulator/faults">
<h3>Add a fault</h3>
<label for="endpoint">Call</label>
<select id="endpoint" name="endpoint">${['any', ...ENDPOINTS].map((name) => html`<option>${name}</option>`)}</select>
<label for="kind">What goes wrong</label>
<select id="kind" name="kind">${Object.entries(FAULTS).map(([kind, words]) => html`<option value="${kind}">${words}</option>`)}</select>
<label for="nth">At which call, counted from now</label>
<input id="nth" name="nth" type="number" min="1" value="1">
<label for="count">How many times</label>
<input id="count" name="count" type="number" min="1" value="1">
<label><input type="checkbox" name="every" value="on"> Every time from then on</label>
<label for="amount">Milliseconds of a slow answer, or seconds of a rate limit (may be empty)</label>
<input id="amount" name="amount" type="number" min="0">
<button>Add the fault</button>
</form>`;
}

function meterTable({ lines, dollars }: MeterReading): Html {
  return html`<table>
<thead><tr><th scope="col">What</th><th scope="col">How many</th><th scope="col">US dollars</th></tr></thead>
<tbody>${lines.map(
    ({ what, count, microdollars }) =>
      html`<tr><td>${what}</td><td>${count}</td><td>${(microdollars / 1_000_000).toFixed(3)}</td></tr>`,
  )}
<tr><th scope="row">Together</th><td></td><td>${dollars}</td></tr></tbody>
</table>`;
}
