import type { Segment, ShownPost } from '../shown.js';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for HTML and XML, in elements and in quoted attributes. */
export function escaped(text: string): string {
  const allowed = [...text.toWellFormed()].filter(allowedInXml).join('');
  return allowed.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** XML 1.0 knows no control characters but tab and the line ends, and no U+FFFE and U+FFFF, not even escaped. */
function allowedInXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 32 ? code !== 0xfffe && code !== 0xffff : code === 9 || code === 10 || code === 13;
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
