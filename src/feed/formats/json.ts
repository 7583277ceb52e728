import { otherForm } from '../picture-forms.js';
import { addressOf, lastingId, type ShownFeed, type ShownPost, type ShownQuote, updatedAt } from '../shown.js';
import { contentOf, creditLine, plainOf } from './markup.js';

/** JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Our own facts are under `_baton`. */
export function jsonFeed(feed: ShownFeed): string {
  const home = `${feed.origin}/${feed.slug}`;
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: `${feed.name} – latest posts`,
    home_page_url: home,
    feed_url: addressOf(feed, 'feed.json'),
    description: `The latest posts of @${feed.handle}, each credited to who wrote it.`,
    ...(feed.avatar ? { icon: otherForm(feed.avatar, 'jpg') } : {}),
    language: 'en-GB',
    authors: [{ name: feed.name, url: `https://x.com/${feed.handle}` }],
    items: feed.posts.map((post) => item(post, feed)),
    _baton: { about: `${feed.origin}/about`, pulled_at: feed.pulledAt?.toISOString() ?? null, state: feed.state },
  });
}

function item(post: ShownPost, feed: ShownFeed): object {
  const [picture] = post.pictures;
  const { postedAt } = post.first;
  const modified = updatedAt(post);
  return {
    id: lastingId(post),
    url: post.permalink,
    content_html: contentOf(post),
    content_text: plainOf(post),
    date_published: postedAt.toISOString(),
    ...(modified > postedAt ? { date_modified: modified.toISOString() } : {}),
    authors: [{ name: creditLine(post, feed.name) }],
    ...(picture && !post.sensitive ? { image: otherForm(picture.href, 'jpg') } : {}),
    language: post.lang ?? 'en-GB',
    _baton: {
      post_id: post.id,
      curator: post.curator?.name ?? null,
      house: post.curator === null,
      edited: post.edited,
      link_only: post.linkOnly,
    },
  };
}

/** The full shape for developers, described by `/openapi.json`. Ids are strings. */
export function postsJson(feed: ShownFeed): string {
  return JSON.stringify({
    account: {
      slug: feed.slug,
      handle: feed.handle,
      name: feed.name,
      url: `https://x.com/${feed.handle}`,
      avatar: feed.avatar,
    },
    pulled_at: feed.pulledAt?.toISOString() ?? null,
    state: feed.state,
    posts: feed.posts.map((post) => ({
      ...whole(post, feed.name),
      thread: post.thread.map((part) => whole(part, feed.name)),
    })),
  });
}

function whole(post: ShownPost, accountName: string): object {
  return {
    id: post.id,
    url: post.permalink,
    posted_at: post.postedAt.toISOString(),
    first: { id: post.first.id, posted_at: post.first.postedAt.toISOString() },
    lang: post.lang,
    text: post.text,
    segments: post.segments,
    pictures: post.pictures,
    possibly_sensitive: post.sensitive,
    poll: post.poll && {
      options: post.poll.options,
      ends_at: post.poll.endsAt?.toISOString() ?? null,
      open: post.poll.open,
    },
    quote: post.quote && quoted(post.quote),
    repost: post.repost,
    edited: post.edited,
    link_only: post.linkOnly,
    credit: post.curator
      ? { kind: 'curator', name: post.curator.name, stint: post.curator.stintId }
      : { kind: 'house', name: accountName, stint: null },
  };
}

function quoted(quote: ShownQuote): object {
  const { id, permalink, handle, postedAt, lang, segments, pictures, sensitive, linkOnly } = quote;
  return {
    id,
    url: permalink,
    handle,
    posted_at: postedAt.toISOString(),
    lang,
    segments,
    pictures,
    possibly_sensitive: sensitive,
    link_only: linkOnly,
  };
}
