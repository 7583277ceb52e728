import type { Alert, AlertWords } from './alert-words.js';

/** Which JSON the receiver wants. */
export type WebhookShape = 'slack' | 'teams' | 'json';

/** One alert on its way to one webhook. `words.action.href` is a whole address. */
export interface Told {
  /** Stays the same when it is sent again. */
  delivery: string;
  alert: Alert;
  words: AlertWords;
}

/** The body of the call as JSON. */
export function webhookBody(shape: WebhookShape, told: Told): string {
  return JSON.stringify(shapes[shape](told));
}

const shapes: Record<WebhookShape, (told: Told) => object> = { slack, teams, json };

/**
 * Slack's incoming webhooks: `text` is the notification, `blocks` the message. `&`, `<` and `>` are escaped, so that a
 * name can neither mention a channel nor make a link (docs.slack.dev, "Formatting message text").
 */
function slack({ words: { title, lines, action } }: Told): object {
  const text = `*${escaped(title)}*\n${lines.map(escaped).join('\n')}\n<${action.href}|${escaped(action.text)}>`;
  return { text: escaped(title), blocks: [{ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3000) } }] };
}

/**
 * A Teams workflow's webhook: a message with one Adaptive Card. Its text is in text runs, which know no Markdown
 * (adaptivecards.io, RichTextBlock, since version 1.2).
 */
function teams({ words: { title, lines, action } }: Told): object {
  const run = (text: string, look: object = {}) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...look }],
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [run(title, { weight: 'bolder', size: 'medium' }), ...lines.map((line) => run(line))],
    actions: [{ type: 'Action.OpenUrl', title: action.text, url: action.href }],
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** Ours, for anything else. */
function json({ delivery, alert, words: { title, lines, action } }: Told): object {
  const { kind, phase, account, since } = alert;
  return { delivery, kind, phase, account, since, title, lines, link: action.href };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
