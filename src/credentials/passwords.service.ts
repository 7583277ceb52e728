import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Letters and digits that nobody takes for one another, in any common typeface. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRTUVWXY346789';
const LENGTH = 24;
const WANTED = [/[a-z]/, /[A-Z]/, /[0-9]/];

/** Makes passwords that a person can copy by eye. */
@Injectable()
export class Passwords {
  /** 24 characters, about 136 bits: a small letter, a capital and a digit at least. */
  make(): string {
    for (;;) {
      const made = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
      if (WANTED.every((kind) => kind.test(made))) return made;
    }
  }
}
