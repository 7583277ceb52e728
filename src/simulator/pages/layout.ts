import { type Html, html } from './html.js';

/** A whole page of the demonstration. */
export function layout(title: string, main: Html): Html {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – demonstration</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/simulator/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the main part</a>
<header>
<p class="notice"><strong>Demonstration</strong>: a pretend network and its mailbox. Nothing here reaches X or a real inbox.</p>
<nav aria-label="Demonstration"><a href="/simulator">Timeline</a> <a href="/simulator/mail">Mailbox</a> <a href="/">Back to the service</a></nav>
</header>
<main id="main">
<h1>${title}</h1>
${main}
</main>
</body>
</html>`;
}

const WORDS = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** An instant in words, in UTC. The signs between them differ from one Node to the next, so they are put here. */
export function instant(iso: string): Html {
  const of = Object.fromEntries(WORDS.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  return html`<time datetime="${iso}">${of.weekday} ${of.day} ${of.month} ${of.year}, ${of.hour}:${of.minute} UTC</time>`;
}
