import { describe, expect, it } from '@jest/globals';
import { mentionsFrom, timelineFrom } from './timeline.js';
import { postsAnswer } from './wire.js';

const ID = '2132385098757046272';
const post = { id: ID, text: 'Hello', author_id: '7', created_at: '2026-12-14T08:00:00.000Z' };
const read = (answer: object, owner: string | null = '7') => timelineFrom(postsAnswer.parse(answer), owner);

describe('a page of a timeline', () => {
  it('is taken when it holds what it says it holds', () => {
    expect(read({ data: [post], meta: { result_count: 1 } }).kind).toBe('done');
    expect(read({ meta: { result_count: 0 } })).toMatchObject({ kind: 'done', value: { posts: [] } });
    expect(read({ data: [{ id: ID, text: 'Hello' }] }).kind).toBe('done');
  });

  it('is not taken when it holds fewer posts than it says', () => {
    expect(read({ data: [post], meta: { result_count: 20 } }).kind).toBe('later');
    expect(read({ meta: { result_count: 20 } }).kind).toBe('later');
    expect(read({}).kind).toBe('later');
  });

  it('is not taken when a post in it is of somebody else, but may be among mentions', () => {
    expect(read({ data: [post] }, '8').kind).toBe('later');
    expect(read({ data: [post] }, null).kind).toBe('done');
  });

  it('of mentions says who wrote them, as far as X says', () => {
    const users = [{ id: '7', username: '162880', name: 'Ada' }, { id: '8' }];
    const answer = postsAnswer.parse({ data: [post], includes: { users }, meta: { result_count: 1 } });
    const known = [{ id: '7', handle: '162880', name: 'Ada' }];
    expect(mentionsFrom(answer)).toMatchObject({ kind: 'done', value: { posts: [{ id: ID }], authors: known } });
    expect(mentionsFrom(postsAnswer.parse({ meta: { result_count: 2 } })).kind).toBe('later');
  });

  it('is not taken when an id is not of the instant of its post, but for an edit', () => {
    const dated = (created_at: string) => read({ data: [{ ...post, created_at }] }).kind;
    expect(read({ data: [{ ...post, id: '5' }] }).kind).toBe('later');
    expect([dated('2026-12-14T08:00:03Z'), dated('2026-12-14T05:59:59Z')]).toEqual(['later', 'later']);
    expect([dated('2026-12-14T07:00:00Z'), dated('not a date')]).toEqual(['done', 'later']);
  });

  it('is not taken when a post is none of its own versions', () => {
    const versions = (edit_history_tweet_ids: string[]) => read({ data: [{ ...post, edit_history_tweet_ids }] }).kind;
    expect([versions([ID]), versions(['5', ID]), versions(['5'])]).toEqual(['done', 'done', 'later']);
  });
});
