import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { film } from '../../test/support/film.js';
import { isArchiveToo, mediaTypeOf } from './media-type.js';

const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#005eb8' } });

describe('the type of a file', () => {
  it.each(['jpeg', 'png', 'gif', 'webp', 'avif'] as const)('%s is told by its first bytes', async (format) => {
    expect(mediaTypeOf(await picture.clone().toFormat(format).toBuffer())).toBe(format);
  });

  it('tells films of both kinds', () => {
    expect([mediaTypeOf(film()), mediaTypeOf(film({ brand: 'qt  ' }))]).toEqual(['mp4', 'mov']);
  });

  it.each([
    ['nothing', ''],
    ['a few bytes', '\xff\xd8\xff'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a page that begins as a GIF', 'GIF89a/*<script>alert(1)</script>*/'],
    ['a program that begins as a GIF', 'GIF89a;<?php system($_GET[0]); ?>'],
    ['a PDF that begins as a JPEG', '\xff\xd8\xff\xe0\0\x10JFIF%PDF-1.4'],
    ['an audio file', '\0\0\0\x20ftypM4A \0\0\0\0'],
  ])('%s is none', (_what, bytes) => {
    expect(mediaTypeOf(Buffer.from(bytes, 'latin1'))).toBeNull();
  });

  it('a picture that is an archive, too, is known by its end', async () => {
    const jpeg = await picture.clone().jpeg().toBuffer();
    const directory = Buffer.from(`PK\x05\x06${'\0'.repeat(16)}\x04\0note`, 'latin1');
    expect([isArchiveToo(jpeg), isArchiveToo(Buffer.concat([jpeg, directory]))]).toEqual([false, true]);
  });
});
