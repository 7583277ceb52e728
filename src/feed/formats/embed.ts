import { settings } from '../../../config/settings.js';
import { dateAndTime } from '../../credentials/dates.js';
import { otherForm, PICTURE_TYPES } from '../picture-forms.js';
import type { ShownFeed, ShownPicture, ShownPost } from '../shown.js';
import { escaped, film, htmlOf, pollHtml, quoteHtml, sizeOf } from './markup.js';

const MARK = `<svg class="latest-posts__mark" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false"><path fill="currentColor" d="M18.2 2.3h3.4l-7.4 8.4 8.7 11.5h-6.8l-5.3-7-6.1 7H1.3l7.9-9L.8 2.3h7l4.8 6.3zm-1.2 18h1.9L6.9 4.1h-2z"/></svg>`;

/**
 * The feed as an HTML fragment for a server-side include and for `<latest-posts>`. Shows what X's display rules ask
 * for: linked picture, name and handle, unaltered text, linked time with "View on X", the X logo. A heading of the level
 * that was asked for comes first, then `pausedMessage`, where the account says one.
 */
export function embedHtml(
  feed: ShownFeed,
  zone: string,
  { pausedMessage = null, heading = null }: { pausedMessage?: string | null; heading?: number | null } = {},
): string {
  const title = heading ? `<h${heading} class="latest-posts__title">${headingOf(feed)}</h${heading}>` : '';
  const head = `<section class="latest-posts" aria-label="${headingOf(feed)}">${title}`;
  const paused = pausedMessage ? `<p class="latest-posts__note">${escaped(pausedMessage)}</p>` : '';
  return `${head}${paused}${notice(feed)}${feed.posts.map((post) => article(post, feed, zone)).join('')}</section>`;
}

/** Posts alone, without a notice: for pages that say the rest themselves. */
export function postsHtml(feed: ShownFeed, zone: string): string {
  const articles = feed.posts.map((post) => article(post, feed, zone)).join('');
  return `<div class="latest-posts">${articles}</div>`;
}

function headingOf({ handle }: ShownFeed): string {
  return `Latest posts from @${escaped(handle)}`;
}

function notice(feed: ShownFeed): string {
  const link = `<a href="https://x.com/${escaped(feed.handle)}">@${escaped(feed.handle)} on X</a>`;
  if (feed.state === 'expired')
    return `<p class="latest-posts__note">We cannot show the posts at the moment. See ${link}.</p>`;
  if (feed.posts.length === 0) return `<p class="latest-posts__note">There are no posts yet. See ${link}.</p>`;
  if (feed.state === 'stale') return `<p class="latest-posts__note">These posts may be out of date. See ${link}.</p>`;
  return '';
}

function article(post: ShownPost, feed: ShownFeed, zone: string): string {
  const profile = `https://x.com/${escaped(feed.handle)}`;
  const avatar = feed.avatar
    ? `<a class="latest-posts__avatar" href="${profile}" tabindex="-1" aria-hidden="true"><img src="${escaped(feed.avatar)}" alt="" width="48" height="48" loading="lazy"></a>`
    : '';
  const credit = post.curator
    ? `<p class="latest-posts__credit">Posted by <bdi>${escaped(post.curator.name)}</bdi></p>`
    : '';
  return `<article class="latest-posts__post">
<header class="latest-posts__head">${avatar}<a class="latest-posts__name" href="${profile}"><bdi>${escaped(feed.name)}</bdi></a> <a class="latest-posts__handle" href="${profile}">@${escaped(feed.handle)}</a></header>
${credit}${body(post, zone)}${post.thread.map((part) => follow(part, post, zone)).join('')}
</article>`;
}

/** A part of a thread; whose it is, is said where it is somebody else's. */
function follow(part: ShownPost, head: ShownPost, zone: string): string {
  const same = part.curator?.stintId === head.curator?.stintId;
  const name = part.curator ? `<bdi>${escaped(part.curator.name)}</bdi>` : 'the team';
  const credit = same ? '' : `<p class="latest-posts__credit">Posted by ${name}</p>`;
  return `<div class="latest-posts__part">${credit}${body(part, zone)}</div>`;
}

function body(post: ShownPost, zone: string): string {
  const time = (at: Date) => `<time datetime="${at.toISOString()}">${escaped(dateAndTime(zone, at))}</time>`;
  const pictures = post.pictures.map((each) => picture(each, post.permalink)).join('');
  return `<p class="latest-posts__text" dir="auto">${htmlOf(post.segments)}</p>
${pictures}${pollHtml(post.poll, time)}${quoteHtml(post.quote)}<p class="latest-posts__foot"><a href="${escaped(post.permalink)}">${time(post.postedAt)}</a>${post.edited ? ' <span>(edited)</span>' : ''} <a href="${escaped(post.permalink)}">${MARK} View on X</a></p>`;
}

function picture({ href, width, height, description, still }: ShownPicture, permalink: string): string {
  const notes = [description ? '' : 'This picture has no description.', still ? film(still, permalink) : ''];
  const caption = notes.filter((note) => note !== '').join(' ');
  const image = `<img src="${escaped(otherForm(href, 'jpg'))}" alt="${escaped(description ?? '')}"${sizeOf(width, height)} loading="lazy">`;
  const sources = width ? source(href, 'avif', width) + source(href, 'webp', width) : '';
  return `<figure class="latest-posts__picture"><picture>${sources}${image}</picture>${caption ? `<figcaption class="latest-posts__note">${caption}</figcaption>` : ''}</figure>`;
}

function source(href: string, type: 'avif' | 'webp', width: number): string {
  const narrower = settings.pictureWidths.filter((each) => each < width);
  const all = [...narrower.map((each) => [otherForm(href, type, each), each]), [otherForm(href, type), width]];
  const set = all.map(([address, wide]) => `${address} ${wide}w`).join(', ');
  return `<source type="${PICTURE_TYPES[type]}" srcset="${escaped(set)}" sizes="(max-width: 640px) 100vw, 640px">`;
}
