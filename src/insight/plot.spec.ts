import { describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { drawn, type Plot, SIZES } from './plot.js';

const bars: Plot = {
  kind: 'bars',
  across: 'Post',
  labels: ['1', '2', '3'],
  series: [{ name: 'Impressions', values: [1_204, null, 12] }],
};

const textsOf = (svg: string) =>
  parse(svg)
    .querySelectorAll('text')
    .map((text) => text.text);

describe('a plot', () => {
  it('has its labels and numbers, and nothing where a number is not known', async () => {
    const svg = await drawn(bars, 'wide');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['1', '2', '3', 'Post', '1,204', '12']));
    expect(svg.match(/fill="#005eb8"/g)).toHaveLength(2);
  });

  it('comes in a narrow and a wide form', async () => {
    for (const form of ['narrow', 'wide'] as const) {
      const { width, height } = SIZES[form];
      expect(await drawn(bars, form)).toContain(`viewBox="0 0 ${width} ${height}"`);
    }
  });

  it('tells several series apart by patterns, and names them', async () => {
    const series = ['Likes', 'Replies', 'Reposts'].map((name) => ({ name, values: [3, 2, 1] }));
    const svg = await drawn({ ...bars, series }, 'narrow');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['Likes', 'Replies', 'Reposts']));
    expect(svg.match(/<pattern/g)).toHaveLength(2);
  });

  it('joins days by a line', async () => {
    const svg = await drawn({ ...bars, kind: 'line', series: [{ name: 'Impressions', values: [5, 7, 9] }] }, 'wide');
    expect(svg).toMatch(/stroke="#005eb8" stroke-width="3"/);
  });
});
