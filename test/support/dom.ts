import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];

/** What a fragment of the feed may hold: nothing that runs, loads, frames, styles or sends. */
const ELEMENTS = new Set(
  'section article header footer h2 h3 h4 h5 h6 p a img picture source figure figcaption svg path time span bdi br ul ol li dl dt dd blockquote hr strong em div details summary'.split(
    ' ',
  ),
);
const ATTRIBUTES =
  /^(class|href|cite|src|srcset|sizes|type|alt|title|width|height|loading|decoding|datetime|dir|lang|rel|role|tabindex|id|viewBox|focusable|fill|d|aria-[a-z]+|data-[a-z-]+)$/;
/** Where a picture may come from is ours; where a link may lead is the web. */
const LINK = /^https?:\/\/[^\s"<>`]+$/i;

/** Reads HTML as browsers do and says what in it should not be there. `pictures` is where our own pictures are. */
export function escapedIn(html: string, pictures: string): string[] {
  return nodesOf(parseFragment(html)).flatMap((node) => wrongWith(node, pictures));
}

/** How many elements of a name a fragment holds. */
export function countOf(html: string, name: string): number {
  return nodesOf(parseFragment(html)).filter((node) => node.nodeName === name).length;
}

function wrongWith(node: Node, pictures: string): string[] {
  if (node.nodeName === '#text' || node.nodeName === '#document-fragment') return [];
  if (!('tagName' in node)) return [`a ${node.nodeName}`];
  if (!ELEMENTS.has(node.tagName)) return [`an element ${node.tagName}`];
  return node.attrs.flatMap(({ name, value }) => {
    if (!ATTRIBUTES.test(name)) return [`an attribute ${node.tagName} ${name}`];
    if ((name === 'href' || name === 'cite') && !LINK.test(value)) return [`a link to ${value}`];
    if ((name === 'src' || name === 'srcset') && !value.startsWith(pictures)) return [`a picture from ${value}`];
    return [];
  });
}

function nodesOf(node: Node): Node[] {
  return [node, ...('childNodes' in node ? node.childNodes.flatMap(nodesOf) : [])];
}
