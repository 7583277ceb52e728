import { z } from 'zod';

/** What a curator says about their turn; empty where they had nothing to say. */
export interface Feedback {
  wentWell: string;
  toChange: string;
  /** Whom to ask next, a link to what they wrote about it: whatever else the team should know. */
  further: string;
}

const LONGEST = 2_000;

const words = z
  .string()
  .default('')
  .transform((text) => text.replace(/\r\n/g, '\n').trim())
  .refine((text) => text.length <= LONGEST, `Keep it under ${LONGEST} characters`);

/** The form: each question may be left empty, but not all of them. */
export const feedbackForm = z
  .object({ wentWell: words, toChange: words, further: words })
  .refine(({ wentWell, toChange, further }) => wentWell + toChange + further !== '', {
    path: ['wentWell'],
    message: 'Write something in one of the boxes',
  });
