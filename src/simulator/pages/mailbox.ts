import type { Mail } from '../rows.js';
import { type Html, html, linked } from './html.js';
import { instant, layout } from './layout.js';

/** All letters that were caught, newest first. */
export function mailboxPage(mails: readonly Mail[]): Html {
  return layout(
    'The mailbox',
    html`
<p>Every letter that the service sends ends here.</p>
${mails.length === 0 && html`<p>There are no letters yet.</p>`}
<ul class="plain">${mails.map(
      ({ id, subject, to, at }) => html`<li class="card"><a href="/simulator/mail/${id}">${subject || 'No subject'}</a>
<p class="small">To ${to}, ${instant(at)}</p></li>`,
    )}</ul>`,
  );
}

export function letterPage(mail: Mail): Html {
  return layout(
    mail.subject || 'No subject',
    html`
<p class="small">From ${mail.from} to ${mail.to}, ${instant(mail.at)}</p>
<h2>As text</h2>
<div class="card"><p>${linked(mail.text)}</p></div>
${
  mail.html !== '' &&
  html`<p><a href="/simulator/mail/${mail.id}/letter">See the letter as it looks in a mail program</a></p>`
}`,
  );
}
