import { describe, expect, it } from '@jest/globals';
import { dollars } from '../credentials/budget.js';
import { priceOfParts } from './price.js';

const part = (text: string, ...descriptions: string[]) => ({ text, descriptions });

describe('the price of what will be sent', () => {
  it.each([
    ['a post', [part('Good morning')], '$0.015'],
    ['a post with a link, thirteen times as much', [part('See https://www.nhs.uk')], '$0.20'],
    ['a post with a link that lacks its https', [part('See nhs.uk')], '$0.20'],
    ['a post with two described pictures', [part('Look', 'The ward', 'The garden')], '$0.025'],
    ['a thread, part by part', [part('One'), part('Two: nhs.uk'), part('Three', 'A picture')], '$0.235'],
  ])('of %s', (_what, parts, price) => {
    expect(dollars(priceOfParts('x', parts))).toBe(price);
  });
});

it.each([
  [0, '$0.00'],
  [1_000_000, '$1.00'],
  [1_234_500, '$1.2345'],
  [5_000, '$0.005'],
])('%s millionths are %s', (millionths, shown) => {
  expect(dollars(millionths)).toBe(shown);
});
