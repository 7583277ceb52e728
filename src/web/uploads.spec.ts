import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { settings } from '../../config/settings.js';
import { clearLeft, clearUp, takeIn } from './uploads.service.js';

const MEGABYTE = 1024 * 1024;
const FILM = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.alloc(2_000)]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uploads-'));
});
afterAll(() => rm(folder, { recursive: true }));

const to = (url: string) => ({ url }) as FastifyRequest;

async function* megabytes(count: number) {
  for (let sent = 0; sent < count; sent++) yield Buffer.alloc(MEGABYTE, 1);
}

async function* film() {
  yield FILM;
}

const take = (request: FastifyRequest, file: AsyncIterable<Buffer>) =>
  takeIn(request, file, 'a file', { folder, signedIn: async () => true });

async function takeMany(request: FastifyRequest, each: number, files: number) {
  const all = await Promise.all(Array.from({ length: files }, () => take(request, megabytes(each))));
  return { held: all.reduce((sum, { bytes }) => sum + bytes.length, 0), refused: all.filter((file) => file.truncated) };
}

describe('the files of one form', () => {
  it('of anybody are held in memory up to the size of one picture, however many they are', async () => {
    const { held, refused } = await takeMany(to('/nhs/apply/adult'), 1, 40);
    expect(held).toBe(settings.pictureBytes);
    expect(refused).toHaveLength(35);
  });

  it('of the desk are held in memory up to their own limit', async () => {
    const { held, refused } = await takeMany(to('/nhs/desk/drafts'), 12, 40);
    expect(held).toBe(120 * MEGABYTE);
    expect(refused).toHaveLength(30);
  });

  it('make room again when one of them is let go', async () => {
    const request = to('/nhs/apply/adult');
    expect(await take(request, megabytes(6))).toMatchObject({ bytes: Buffer.alloc(0), truncated: true });
    expect(await take(request, megabytes(5))).toMatchObject({ truncated: false });
  });

  it('hold no more films than a thread has parts', async () => {
    const request = to('/nhs/desk/drafts');
    const files = [];
    for (let sent = 0; sent < 12; sent++) files.push(await take(request, film()));
    expect(files.filter(({ path }) => path !== null)).toHaveLength(settings.threadParts);
    expect(await readFile(files[0]?.path ?? '')).toEqual(FILM);
    await clearUp(request);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leave neither a file nor an open one behind when whoever sends a film goes away', async () => {
    async function* brokenOff() {
      yield FILM;
      throw new Error('aborted');
    }
    await expect(take(to('/nhs/desk/drafts'), brokenOff())).rejects.toThrow('aborted');
    expect(await readdir(folder)).toEqual([]);
    expect(await openIn(folder)).toEqual([]);
  });
});

/** Which files of a folder this process has open, as far as the system tells. */
async function openIn(place: string): Promise<string[]> {
  if (!existsSync('/proc/self/fd')) return [];
  const links = await readdir('/proc/self/fd');
  const files = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
  return files.filter((file) => file.startsWith(place));
}

describe('what a killed process left', () => {
  it('is gone a day later, and what may be on its way is not', async () => {
    const left = await mkdtemp(join(tmpdir(), 'left-'));
    const now = new Date('2026-12-08T10:00:00Z');
    for (const [name, hours] of [
      ['old', 25],
      ['new', 23],
    ] as const) {
      const at = new Date(now.getTime() - hours * 3_600_000);
      await writeFile(join(left, name), 'film');
      await utimes(join(left, name), at, at);
    }
    await clearLeft(left, now);
    expect(await readdir(left)).toEqual(['new']);
    await rm(left, { recursive: true });
    await clearLeft(left, now);
  });
});
