import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { box, CAMERA, film, PLACE } from '../../test/support/film.js';
import { Invalid } from './errors.js';
import { secondsOf, withoutParticulars } from './film.js';
import { type PreparedFilm, prepareFilm } from './film.service.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'film-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function prepared(bytes: Buffer): Promise<PreparedFilm & { after: Buffer }> {
  const path = join(folder, 'film');
  await writeFile(path, bytes);
  return { ...(await prepareFilm(path, 'picture')), after: await readFile(path) };
}

describe('a film is taken', () => {
  it('without where, when and with what it was made, every other byte in its place', async () => {
    const before = film();
    const { type, bytes, after } = await prepared(before);
    expect([type, bytes, after.length]).toEqual(['video/mp4', before.length, before.length]);
    expect([before.includes(PLACE), before.includes(CAMERA)]).toEqual([true, true]);
    expect([after.includes(PLACE), after.includes(CAMERA), after.includes('meta')]).toEqual([false, false, false]);
    expect([after.includes('vide'), after.includes(Buffer.alloc(2_000, 7)), secondsOf(indexOf(after))]).toEqual([
      true,
      true,
      5,
    ]);
    expect(after.includes(Buffer.from([0xe2, 0x7f, 0xb5, 0x00]))).toBe(false);
  });

  it('as QuickTime, as phones make it', async () => {
    expect((await prepared(film({ brand: 'qt  ' }))).type).toBe('video/quicktime');
  });
});

describe('a film is refused with a sentence for its field', () => {
  it.each([
    ['too long', film({ seconds: 141 }), /2 minutes 20 seconds/],
    ['too short', film({ seconds: 0 }), /half a second/],
    ['cut off', film().subarray(0, 900), /could not be read/],
    [
      'a page behind it',
      film({ after: [Buffer.from('<!doctype html><script>alert(1)</script>')] }),
      /could not be read/,
    ],
    ['an archive behind it', film({ after: [Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`)] }), /could not be read/],
    [
      'no index',
      Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), box('mdat', Buffer.alloc(50))]),
      /could not/,
    ],
    [
      'a page that begins like one',
      Buffer.concat([film({ brand: 'isom' }).subarray(0, 24), Buffer.from('<html>')]),
      /could/,
    ],
    [
      'an index of 2 GB that is not there',
      Buffer.from('\0\0\0\x10ftypisom\0\0\0\0\x7f\xff\xff\xffmoov', 'latin1'),
      /could/,
    ],
  ])('%s', async (_what, bytes, sentence) => {
    const refusal = await prepared(bytes).catch((error) => error);
    expect(refusal).toBeInstanceOf(Invalid);
    expect(refusal.fields.picture).toMatch(sentence);
  });
});

it('an index however broken is read without harm and keeps its length', () => {
  const sound = indexOf(film());
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 30 }), (changes) => {
      const broken = Buffer.from(sound);
      for (const [at, value] of changes) broken[at] = value;
      expect(withoutParticulars(broken).length).toBe(broken.length);
      secondsOf(broken);
    }),
  );
});

function indexOf(bytes: Buffer): Buffer {
  const at = bytes.indexOf('moov') - 4;
  return bytes.subarray(at, at + bytes.readUInt32BE(at));
}
