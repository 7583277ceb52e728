import { settings } from '../../../config/settings.js';
import { dateAndTime } from '../../credentials/dates.js';
import { otherForm, PICTURE_TYPES } from '../picture-forms.js';
import type { ShownFeed, ShownPicture, ShownPost, ShownQuote } from '../shown.js';
import { escaped, htmlOf, noteOf, nounOf, pollHtml, sizeOf, UPSETTING, whoseHtml, wordsAre } from './markup.js';

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
  const head = `<section class="latest-posts" lang="en-GB" aria-label="${headingOf(feed)}">${title}`;
  const paused = pausedMessage ? `<p class="latest-posts__note">${escaped(pausedMessage)}</p>` : '';
  return `${head}${paused}${notice(feed, zone)}${feed.posts.map((post) => article(post, feed, zone)).join('')}</section>`;
}

/** Posts alone, without a notice: for pages that say the rest themselves. */
export function postsHtml(feed: ShownFeed, zone: string): string {
  const articles = feed.posts.map((post) => article(post, feed, zone)).join('');
  return `<div class="latest-posts" lang="en-GB">${articles}</div>`;
}

function headingOf({ handle }: ShownFeed): string {
  return `Latest posts from @${escaped(handle)}`;
}

/** How far the posts can be trusted, and since when they have not been seen at the network. */
function notice(feed: ShownFeed, zone: string): string {
  const link = `<a href="https://x.com/${escaped(feed.handle)}">@${escaped(feed.handle)} on X</a>`;
  if (feed.state === 'expired' || !feed.pulledAt)
    return `<p class="latest-posts__note">We cannot show the posts at the moment. See ${link}.</p>`;
  if (feed.posts.length === 0) return `<p class="latest-posts__note">There are no posts yet. See ${link}.</p>`;
  if (feed.state === 'stale')
    return `<p class="latest-posts__note">These posts may be out of date: our last look at X was on ${timeHtml(zone, feed.pulledAt)}. See ${link}.</p>`;
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
  const poll = pollHtml(post.poll, (end) => timeHtml(zone, end));
  const quote = post.quote ? quoted(post.quote, zone) : '';
  const words = `<p class="latest-posts__text" ${wordsAre(post)}>${htmlOf(post.segments)}</p>`;
  return `${words}
${pictures(post)}${poll}${quote}${foot(post, zone, post.edited)}`;
}

/** What a post quotes, or passes on, under the name of whose it is. */
function quoted(quote: ShownQuote, zone: string): string {
  const { permalink, segments, linkOnly } = quote;
  const words = `<p class="latest-posts__words" ${wordsAre(quote)}>${htmlOf(segments)}</p>`;
  const end = linkOnly ? '' : foot(quote, zone);
  return `<blockquote class="latest-posts__quote" cite="${escaped(permalink)}">${whoseHtml(quote)}${words}${pictures(quote)}${end}</blockquote>`;
}

function foot(
  { permalink, postedAt }: Pick<ShownPost, 'permalink' | 'postedAt'>,
  zone: string,
  edited = false,
): string {
  const link = `<a href="${escaped(permalink)}">`;
  return `<p class="latest-posts__foot">${link}${timeHtml(zone, postedAt)}</a>${edited ? ' <span>(edited)</span>' : ''} ${link}${MARK} View on X</a></p>`;
}

function timeHtml(zone: string, at: Date): string {
  return `<time datetime="${at.toISOString()}">${escaped(dateAndTime(zone, at))}</time>`;
}

/** What may upset is shown to those who ask for it. */
function pictures({ pictures, permalink, sensitive }: Pick<ShownPost, 'pictures' | 'permalink' | 'sensitive'>): string {
  const each = pictures.map((one) => picture(one, permalink)).join('');
  const all = pictures.length > 1 ? `<div class="latest-posts__pictures">${each}</div>` : each;
  if (!sensitive || !all) return all;
  const summary = `<summary>${UPSETTING} Show the ${nounOf(pictures)}</summary>`;
  return `<details class="latest-posts__upsetting">${summary}${all}</details>`;
}

function picture(shown: ShownPicture, permalink: string): string {
  const { href, width, height, description } = shown;
  const note = noteOf(shown, permalink);
  const image = `<img src="${escaped(otherForm(href, 'jpg'))}" alt="${escaped(description ?? '')}"${sizeOf(width, height)} loading="lazy">`;
  const sources = width ? source(href, 'avif', width) + source(href, 'webp', width) : '';
  const caption = note && `<figcaption class="latest-posts__note">${note}</figcaption>`;
  return `<figure class="latest-posts__picture"><picture>${sources}${image}</picture>${caption}</figure>`;
}

function source(href: string, type: 'avif' | 'webp', width: number): string {
  const narrower = settings.pictureWidths.filter((each) => each < width);
  const all = [...narrower.map((each) => [otherForm(href, type, each), each]), [otherForm(href, type), width]];
  const set = all.map(([address, wide]) => `${address} ${wide}w`).join(', ');
  return `<source type="${PICTURE_TYPES[type]}" srcset="${escaped(set)}" sizes="(max-width: 640px) 100vw, 640px">`;
}
