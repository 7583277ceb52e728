import type { Segment } from '../../networks/segments.js';
import { otherForm } from '../picture-forms.js';
import type { ShownPicture, ShownPoll, ShownPost, ShownQuote } from '../shown.js';

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
      const shown = escaped(text).replace(/\r\n?|\n/g, '<br>');
      // A mention in a text that goes from right to left keeps its own direction.
      return href ? `<a href="${escaped(href)}" dir="auto">${shown}</a>` : shown;
    })
    .join('');
}

/** The attributes of an element with a post's words: which way they run, and their language where it is another one. */
export function wordsAre({ lang }: { lang: string | null }): string {
  return `dir="auto"${lang ? ` lang="${escaped(lang)}"` : ''}`;
}

/** A post with all that belongs to it as HTML, for feed readers. */
export function contentOf(post: ShownPost): string {
  const quote = post.quote ? quoteContent(post.quote) : '';
  const own = `<p ${wordsAre(post)}>${htmlOf(post.segments)}</p>${picturesContent(post)}${pollHtml(post.poll)}${quote}`;
  return [own, ...post.thread.map(contentOf)].join('<hr>');
}

/** As JPEG, for readers and the letters that some of them send know nothing newer; nor could they fold what may upset. */
function picturesContent(post: Pick<ShownPost, 'pictures' | 'permalink' | 'sensitive'>): string {
  const { pictures, permalink, sensitive } = post;
  if (sensitive && pictures.length > 0)
    return `<p>${UPSETTING} <a href="${escaped(permalink)}">See the ${nounOf(pictures)} on X</a></p>`;
  const shown = pictures.map((picture) => {
    const { href, description, width, height } = picture;
    const note = noteOf(picture, permalink);
    return `<p><img src="${escaped(otherForm(href, 'jpg'))}" alt="${escaped(description ?? '')}"${sizeOf(width, height)}>${note && ` ${note}`}</p>`;
  });
  return shown.join('');
}

function quoteContent(quote: ShownQuote): string {
  const { permalink, segments, linkOnly } = quote;
  const words = `<p ${wordsAre(quote)}>${htmlOf(segments)}</p>`;
  const link = linkOnly ? '' : `<p><a href="${escaped(permalink)}">The original on X</a></p>`;
  return `<blockquote cite="${escaped(permalink)}">${whoseHtml(quote)}${words}${picturesContent(quote)}${link}</blockquote>`;
}

/** What is said in front of the pictures of a post that the network marks. */
export const UPSETTING = 'X marks this as possibly upsetting.';

export function nounOf(pictures: ShownPicture[]): string {
  return pictures.length > 1 ? 'pictures' : 'picture';
}

/** What must be said beside a picture: that its author described it to nobody, and where to see what moves. */
export function noteOf({ description, still }: ShownPicture, permalink: string): string {
  const { noun, link } = still ? FILM[still] : { noun: 'picture', link: null };
  const film = link && `<a href="${escaped(permalink)}">${link}</a>`;
  return [description ? '' : `This ${noun} has no description.`, film ?? ''].filter((note) => note !== '').join(' ');
}

const FILM = {
  gif: { noun: 'GIF', link: 'See the GIF move on X' },
  video: { noun: 'video', link: 'Watch the video on X' },
};

/** A poll: its options with their votes. `until` writes its end, where there is room for it. */
export function pollHtml(poll: ShownPoll | null, until?: (end: Date) => string): string {
  if (!poll) return '';
  const options = poll.options.map(({ label, votes }) => `<li>${escaped(label)}: ${votesIn(votes)}</li>`).join('');
  const end = poll.endsAt && until ? `${poll.open ? ' until ' : ' on '}${until(poll.endsAt)}` : '';
  const state = poll.open ? `Votes so far; open${end || ' still'}` : `The poll ended${end}`;
  return `<ul class="latest-posts__poll">${options}</ul><p class="latest-posts__note">${state}</p>`;
}

/** Whose a quoted post is. */
export function whoseHtml({ handle }: ShownQuote): string {
  return handle ? `<p><a href="https://x.com/${escaped(handle)}">@${escaped(handle)}</a></p>` : '';
}

/** The size of a picture, so that nothing moves when it comes. */
export function sizeOf(width: number | null, height: number | null): string {
  return width && height ? ` width="${width}" height="${height}"` : '';
}

function votesIn(votes: number): string {
  return votes === 1 ? '1 vote' : `${votes} votes`;
}

/** A post with all that belongs to it as plain text. */
export function plainOf(post: ShownPost): string {
  const options = post.poll?.options.map(({ label, votes }) => `• ${label}: ${votesIn(votes)}`) ?? [];
  const quoted = post.quote
    ? `“${textOf(post.quote.segments)}”${post.quote.handle ? ` (@${post.quote.handle})` : ''}`
    : '';
  const parts = [textOf(post.segments), options.join('\n'), quoted, ...post.thread.map(plainOf)];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The plain text of a post as it is shown. */
export function textOf(segments: Segment[]): string {
  return segments.map(({ text }) => text).join('');
}

/** Who a post is credited to, in words. */
export function creditLine(post: ShownPost, accountName: string): string {
  return post.curator ? post.curator.name : accountName;
}
