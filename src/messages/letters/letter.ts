/** A letter before it becomes an e-mail: one call to action at most, plain English. */
export interface Letter {
  subject: string;
  /** "Dear …"; the name is the person's own. */
  dear: string;
  /** Paragraphs; an array inside is a bullet list. */
  body: (string | string[])[];
  /** The one thing to do. */
  action?: { text: string; href: string };
  /** After the call to action. */
  after?: (string | string[])[];
  /** Who writes, e.g. "The @NHS team". */
  from: string;
}

/**
 * Gives the address of a page. With a purpose a one-time token is minted for the subject when the letter is rendered
 * and put at the end of the path. `until` is how long it works; 15 minutes when absent.
 */
export type Link = (path: string, token?: { purpose: string; subject: string; until?: Date }) => string;

/** The plain-text form. */
export function asText({ dear, body, action, after = [], from }: Letter): string {
  const lines = [...body.map(textOf), ...(action ? [`${action.text}:\n${action.href}`] : []), ...after.map(textOf)];
  return [`Dear ${dear}`, ...lines, from].join('\n\n');
}

/** The HTML form: no pictures, nothing loaded, readable at any width. */
export function asHtml({ subject, dear, body, action, after = [], from }: Letter): string {
  const button = action
    ? `<p><a href="${escaped(action.href)}" style="display:inline-block;padding:12px 16px;background:#007f3b;color:#fff;font-weight:bold;text-decoration:none">${escaped(action.text)}</a></p>`
    : '';
  const parts = [
    `<p>Dear ${escaped(dear)}</p>`,
    ...body.map(htmlOf),
    button,
    ...after.map(htmlOf),
    `<p>${escaped(from)}</p>`,
  ];
  return `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body style="font-family:Arial,sans-serif;font-size:18px;line-height:1.5;color:#212b32;max-width:40em;margin:0 auto;padding:16px">${parts.join('')}</body></html>`;
}

function textOf(part: string | string[]): string {
  return typeof part === 'string' ? part : part.map((line) => `* ${line}`).join('\n');
}

function htmlOf(part: string | string[]): string {
  if (typeof part === 'string') return `<p>${escaped(part)}</p>`;
  return `<ul>${part.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
