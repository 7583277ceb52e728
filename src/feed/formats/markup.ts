import type { Segment, ShownPost } from '../shown.js';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Characters that no XML 1.0 document may hold, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones XML forbids
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes text for HTML and XML, in elements and in quoted attributes. */
export function escaped(text: string): string {
  return text.replace(FORBIDDEN, '').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A post's text as HTML: line breaks kept, links as links, nothing else. */
export function htmlOf(segments: Segment[]): string {
  return segments
    .map(({ text, href }) => {
      const shown = escaped(text).replace(/\n/g, '<br>');
      return href ? `<a href="${escaped(href)}">${shown}</a>` : shown;
    })
    .join('');
}

/** A post with its pictures as HTML, for feed readers. */
export function contentOf(post: ShownPost): string {
  const pictures = post.pictures.map(
    ({ href, description }) => `<p><img src="${escaped(href)}" alt="${escaped(description ?? '')}"></p>`,
  );
  return `<p>${htmlOf(post.segments)}</p>${pictures.join('')}`;
}

/** The plain text of a post as it is shown. */
export function textOf(segments: Segment[]): string {
  return segments.map(({ text }) => text).join('');
}

/** Who a post is credited to, in words. */
export function creditLine(post: ShownPost, accountName: string): string {
  return post.curator ? post.curator.name : accountName;
}
