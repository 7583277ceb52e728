import { otherForm } from '../picture-forms.js';
import { addressOf, lastingId, type ShownFeed, type ShownPost, updatedAt } from '../shown.js';
import { contentOf, creditLine, escaped, textOf } from './markup.js';

const EPOCH = new Date(0);

/** Atom (RFC 4287). The feed's id and the entries' ids never change, also when a post is edited. */
export function atom(feed: ShownFeed): string {
  const home = `${feed.origin}/${feed.slug}`;
  const icon = feed.avatar ? `\n<icon>${escaped(otherForm(feed.avatar, 'jpg'))}</icon>` : '';
  const updates = feed.posts.map((post) => updatedAt(post).getTime());
  const updated = updates.length > 0 ? new Date(Math.max(...updates)) : (feed.pulledAt ?? EPOCH);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
<id>${escaped(addressOf(feed, 'feed.atom'))}</id>
<title>${escaped(feed.name)} – latest posts</title>
<updated>${updated.toISOString()}</updated>
<link rel="self" type="application/atom+xml" href="${escaped(addressOf(feed, 'feed.atom'))}"/>
<link rel="alternate" type="text/html" href="${escaped(home)}"/>
<author><name>${escaped(feed.name)}</name><uri>https://x.com/${escaped(feed.handle)}</uri></author>${icon}
${feed.posts.map((post) => entry(post, feed)).join('\n')}
</feed>
`;
}

function entry(post: ShownPost, feed: ShownFeed): string {
  const language = post.lang ? ` xml:lang="${escaped(post.lang)}"` : '';
  return `<entry${language}>
<id>${escaped(lastingId(post))}</id>
<title>${escaped(titleOf(post))}</title>
<published>${post.first.postedAt.toISOString()}</published>
<updated>${updatedAt(post).toISOString()}</updated>
<link rel="alternate" type="text/html" href="${escaped(post.permalink)}"/>
<author><name>${escaped(creditLine(post, feed.name))}</name></author>
<content type="html">${escaped(contentOf(post))}</content>
</entry>`;
}

/** RSS 2.0 with Dublin Core's creator for the credit. */
export function rss(feed: ShownFeed): string {
  const home = `${feed.origin}/${feed.slug}`;
  const title = `${escaped(feed.name)} – latest posts`;
  const image = feed.avatar
    ? `\n<image><url>${escaped(otherForm(feed.avatar, 'jpg'))}</url><title>${title}</title><link>${escaped(home)}</link></image>`
    : '';
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${title}</title>
<link>${escaped(home)}</link>
<description>The latest posts of @${escaped(feed.handle)}, each credited to who wrote it.</description>
<language>en-gb</language>${image}
<atom:link rel="self" type="application/rss+xml" href="${escaped(addressOf(feed, 'feed.rss'))}"/>
${feed.posts.map((post) => rssItem(post, feed)).join('\n')}
</channel>
</rss>
`;
}

function rssItem(post: ShownPost, feed: ShownFeed): string {
  return `<item>
<guid isPermaLink="true">${escaped(lastingId(post))}</guid>
<title>${escaped(titleOf(post))}</title>
<link>${escaped(post.permalink)}</link>
<pubDate>${post.first.postedAt.toUTCString()}</pubDate>
<dc:creator>${escaped(creditLine(post, feed.name))}</dc:creator>
<description>${escaped(contentOf(post))}</description>
</item>`;
}

/** A post has no title; readers want one: its first 80 characters on one line. */
function titleOf(post: ShownPost): string {
  const line = textOf(post.segments).replace(/\s+/g, ' ').trim();
  const points = [...line];
  return points.length <= 80 ? line || (post.poll ? 'Poll' : 'Picture') : `${points.slice(0, 79).join('').trimEnd()}…`;
}
