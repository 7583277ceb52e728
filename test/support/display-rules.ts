import { parse } from 'node-html-parser';
import type { Segment } from '../../src/networks/segments.js';

/** What a test knows of a post that is on a page. */
export interface PostOnPage {
  permalink: string;
  segments: Segment[];
  edited: boolean;
}

/**
 * What a page breaks of the rules for showing posts of X (X's "Display requirements" and developer policy), for each
 * post that should be on it; empty when all are kept. `avatar` is whether the account has a picture.
 */
export function brokenRules(html: string, handle: string, posts: PostOnPage[], avatar: boolean): string[] {
  const articles = parse(html).querySelectorAll('article.latest-posts__post');
  const broken = posts.flatMap((post, index) => {
    const article = articles[index];
    return article
      ? rulesOf(article, handle, post, avatar).map((rule) => `${post.permalink}: ${rule}`)
      : ['is not there'];
  });
  return articles.length === posts.length ? broken : [...broken, `${articles.length} posts instead of ${posts.length}`];
}

function rulesOf(article: ReturnType<typeof parse>, handle: string, post: PostOnPage, avatar: boolean): string[] {
  const profile = `https://x.com/${handle}`;
  const links = article.querySelectorAll('a').map((link) => ({ link, href: link.getAttribute('href') ?? '' }));
  const toProfile = links.filter(({ href }) => href === profile).map(({ link }) => link);
  const toPost = links.filter(({ href }) => href === post.permalink).map(({ link }) => link);
  const text = article.querySelector('.latest-posts__text');
  const textLinks = text?.querySelectorAll('a').map((link) => [link.text, link.getAttribute('href')]) ?? [];
  const wanted = post.segments.filter(({ href }) => href).map((segment) => [segment.text, segment.href]);
  for (const line of text?.querySelectorAll('br') ?? []) line.replaceWith('\n');
  const kept: Record<string, boolean> = {
    'the picture of the account is linked to its profile':
      !avatar || toProfile.some((link) => link.querySelector('img')),
    'the name is linked to the profile': toProfile.some((link) => link.classList.contains('latest-posts__name')),
    'the handle is linked to the profile': toProfile.some((link) => link.text === `@${handle}`),
    'the text is unaltered': text?.text === post.segments.map((segment) => segment.text).join(''),
    'links show what X shows and go where X says': JSON.stringify(textLinks) === JSON.stringify(wanted),
    'the time is linked to the post': toPost.some((link) => link.querySelector('time[datetime]')),
    'there is a "View on X"': toPost.some((link) => link.text.trim() === 'View on X'),
    'there is the logo of X': toPost.some((link) => link.querySelector('svg.latest-posts__mark')),
    'an edit is marked': article.text.includes('(edited)') === post.edited,
    'nobody else’s page is in it': article.querySelectorAll('iframe, script, object, embed, form').length === 0,
  };
  return Object.keys(kept).filter((rule) => !kept[rule]);
}
