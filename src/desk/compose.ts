import type { NewPoll } from '../networks/network.js';
import { textLength } from '../networks/text.js';
import { problemsOfPoll } from './poll-form.js';

/** What a post is made of before it is sent. */
export interface Composed {
  text: string;
  media: { id: string; type: string; description: string }[];
  poll: NewPoll | null;
}

/** Descriptions longer than this are refused by X. */
export const DESCRIPTION_MAX = 1000;
/** X takes four pictures, or one GIF, or one video with a post. */
export const MEDIA_MOST = 4;

/** The name of a part's field on the form: the first part's are plain. */
export const fieldOf = (field: string, number: number): string => (number === 1 ? field : `${field}${number}`);
/** The field that describes a picture which the draft holds. */
export const describeField = (id: string): string => `describe-${id}`;
export const DESCRIBE = /^describe-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const isVideo = (type: string): boolean => type.startsWith('video/');

/** What keeps a thread (or a single post) from being sent, by field; in a thread each sentence says which part it means. */
export function problemsOfAll(parts: Composed[]): [field: string, sentence: string][] {
  return parts.flatMap((part, index) =>
    problemsOf(part).map(([field, sentence]): [string, string] => [
      DESCRIBE.test(field) ? field : fieldOf(field, index + 1),
      parts.length === 1 ? sentence : `Part ${index + 1}: ${sentence}`,
    ]),
  );
}

/** What keeps a post from being sent, by field; empty when nothing does. */
export function problemsOf({ text, media, poll }: Composed): [field: string, sentence: string][] {
  const problems: [string, string][] = [];
  const { length, max, valid } = textLength('x', text);
  if (text.trim() === '' && media.length === 0 && !poll)
    problems.push(['text', 'Write something to post, or add a picture']);
  if (length > max) problems.push(['text', tooLong(length - max)]);
  else if (text.trim() !== '' && !valid)
    problems.push(['text', 'Your post holds an invisible character that X does not take. Type it anew']);
  const asked = poll ? problemsOfPoll(poll, text, media.length) : [];
  return [...problems, ...problemsOfMedia(media), ...asked];
}

function problemsOfMedia(media: Composed['media']): [string, string][] {
  const problems = media.flatMap((each, index): [string, string][] => {
    const which = media.length > 1 ? `${ORDINALS[index]} picture` : nameOf(each.type);
    const described = each.description.trim();
    if (described === '') return [[describeField(each.id), `Describe the ${which} for people who cannot see it`]];
    if ([...described].length > DESCRIPTION_MAX)
      return [[describeField(each.id), `The description must be ${DESCRIPTION_MAX} characters or fewer`]];
    return [];
  });
  const alone = media.some(({ type }) => type === 'image/gif' || isVideo(type));
  if (media.length > MEDIA_MOST || (alone && media.length > 1))
    problems.push([
      'picture',
      'X takes up to four pictures, or one GIF, or one video with a post. Take the others off',
    ]);
  return problems;
}

const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** What a person calls it. */
export function nameOf(type: string): 'picture' | 'GIF' | 'video' {
  if (isVideo(type)) return 'video';
  return type === 'image/gif' ? 'GIF' : 'picture';
}

function tooLong(by: number): string {
  return `Your post is ${by} ${by === 1 ? 'character' : 'characters'} too long`;
}
