import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { compressed, encodingFor } from './encoded.js';

describe('the form in which bytes travel', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['BR', 'br'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=0.000, *', 'gzip'],
    ['identity', 'identity'],
    ['brotli', 'identity'],
    ['br;q=nonsense', 'identity'],
  ])('%s is answered by %s', (accepted, encoding) => {
    expect(encodingFor(accepted)).toBe(encoding);
  });

  it('is smaller and gives back what went in', async () => {
    const bytes = Buffer.from('A nurse speaks for the account this week. '.repeat(200));
    const [br, gzip] = [await compressed(bytes, 'br'), await compressed(bytes, 'gzip')];
    expect(brotliDecompressSync(br)).toEqual(bytes);
    expect(gunzipSync(gzip)).toEqual(bytes);
    expect(Math.max(br.length, gzip.length)).toBeLessThan(bytes.length / 10);
  });
});
