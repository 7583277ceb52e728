import { textLength } from '../networks/text.js';

/** What a post is made of before it is sent. */
export interface Composed {
  text: string;
  hasPicture: boolean;
  pictureDescription: string;
}

/** Descriptions longer than this are refused by X. */
export const DESCRIPTION_MAX = 1000;

/** The name of a part's field on the form: the first part's are plain. */
export const fieldOf = (field: string, number: number): string => (number === 1 ? field : `${field}${number}`);

/** What keeps a thread (or a single post) from being sent, by field; in a thread each sentence says which part it means. */
export function problemsOfAll(parts: Composed[]): [field: string, sentence: string][] {
  return parts.flatMap((part, index) =>
    problemsOf(part).map(([field, sentence]): [string, string] => [
      fieldOf(field, index + 1),
      parts.length === 1 ? sentence : `Part ${index + 1}: ${sentence}`,
    ]),
  );
}

/** What keeps a post from being sent, by field; empty when nothing does. */
export function problemsOf({ text, hasPicture, pictureDescription }: Composed): [field: string, sentence: string][] {
  const problems: [string, string][] = [];
  const { length, max, valid } = textLength('x', text);
  if (text.trim() === '' && !hasPicture) problems.push(['text', 'Write something to post, or add a picture']);
  if (length > max) problems.push(['text', tooLong(length - max)]);
  else if (text.trim() !== '' && !valid)
    problems.push(['text', 'Your post holds an invisible character that X does not take. Type it anew']);
  const described = pictureDescription.trim();
  if (hasPicture && described === '')
    problems.push(['description', 'Describe the picture for people who cannot see it']);
  if ([...described].length > DESCRIPTION_MAX)
    problems.push(['description', `The description must be ${DESCRIPTION_MAX} characters or fewer`]);
  return problems;
}

function tooLong(by: number): string {
  return `Your post is ${by} ${by === 1 ? 'character' : 'characters'} too long`;
}
