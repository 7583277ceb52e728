/** A link in a plain text; the stop that ends a sentence is no part of it. */
const LINK = /(https?:\/\/[^\s<>"\])]*[^\s<>"\]).,;:!?'])/;

/** Cuts a text into plain pieces (even places) and links (odd places). */
export function cutAtLinks(text: string): string[] {
  return text.split(LINK);
}

/** Every link of a letter, once: those of its text first. */
export function linksIn(text: string, html: string): string[] {
  const inText = cutAtLinks(text).filter((_, index) => index % 2 === 1);
  const inHtml = [...html.matchAll(/href="(https?:[^"]+)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
  return [...new Set([...inText, ...inHtml])];
}
