import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Endpoint, type Failure, outcomeOf, outcomeOfErrors, unreadable } from './outcomes.js';

const ENDPOINTS: Endpoint[] = ['read', 'change', 'media', 'create', 'token'];
const RESET = 1_767_225_600;

const answer = (status: number, body: unknown, reset?: number): Failure => ({
  kind: 'answer',
  status,
  body,
  limits: reset ? { remaining: 0, reset } : null,
});
const problem = (status: number, detail: string, type = 'about:blank') =>
  answer(status, { title: 'A problem', detail, type, status });
const silence = (sent: boolean): Failure => ({ kind: 'silence', sent, detail: 'No answer.' });

describe('what X refuses', () => {
  it.each([
    ['a duplicate', problem(403, 'You are not allowed to create a Tweet with duplicate content.'), 'duplicate'],
    [
      'a reply where we were not mentioned',
      problem(
        403,
        'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged.',
      ),
      'reply-not-allowed',
    ],
    ['a text that is too long', problem(400, 'Your Tweet text is too long.'), 'too-long'],
    ['a text that is too long, by code', answer(403, { errors: [{ code: 186, message: 'Too much.' }] }), 'too-long'],
    ['a dead access token', problem(401, 'Unauthorized'), 'not-signed-in'],
    ['pictures that it does not know', problem(400, 'Your media IDs are invalid.'), 'media-refused'],
    ['a reply to a deleted post', answer(403, { errors: [{ code: 385, message: 'Not there.' }] }), 'gone'],
    [
      'an app without the right',
      problem(403, 'Not permitted.', 'https://api.x.com/2/problems/client-forbidden'),
      'forbidden',
    ],
    ['an unknown 403', answer(403, null), 'forbidden'],
    ['a bad field', problem(400, 'The `max_results` query parameter value [3] is not valid'), 'invalid'],
    ['a page that is no JSON', answer(400, '<html>Bad request</html>'), 'invalid'],
  ])('%s', (_, failure, why) => {
    expect(outcomeOf(failure, 'create')).toMatchObject({ kind: 'refused', why });
  });

  it('a picture that it cannot use', () => {
    expect(outcomeOf(problem(400, 'Unsupported format.'), 'media')).toMatchObject({ why: 'media-refused' });
  });

  it('a post that is not there', () => {
    const gone = problem(404, 'Could not find it.', 'https://api.twitter.com/2/problems/resource-not-found');
    expect(outcomeOf(gone, 'change')).toMatchObject({ kind: 'refused', why: 'gone' });
  });

  it('a spent refresh token', () => {
    const spent = answer(400, {
      error: 'invalid_request',
      error_description: 'Value passed for the token was invalid.',
    });
    expect(outcomeOf(spent, 'token')).toEqual({
      kind: 'refused',
      why: 'not-signed-in',
      detail: 'Value passed for the token was invalid.',
    });
  });

  it('keys of the app that are wrong, which is no disconnection of the account', () => {
    expect(outcomeOf(answer(401, { error: 'unauthorized_client' }), 'token')).toMatchObject({ why: 'forbidden' });
  });

  it('in its own words, and the most exact of them', () => {
    const exact = 'The `max_results` query parameter value [3] is not between 5 and 100';
    const body = { errors: [{ message: exact }], title: 'Invalid Request', detail: 'One or more parameters …' };
    expect(outcomeOf(answer(400, body), 'read')).toEqual({ kind: 'refused', why: 'invalid', detail: exact });
  });

  it('says so in at most 300 characters', () => {
    const outcome = outcomeOf(problem(400, 'x'.repeat(5000)), 'create');
    expect(outcome.detail).toHaveLength(300);
  });
});

describe('what X puts off', () => {
  it.each(ENDPOINTS)('waits for the reset when a %s is rate-limited', (endpoint) => {
    const outcome = outcomeOf(answer(429, { title: 'Too Many Requests', status: 429 }, RESET), endpoint);
    expect(outcome).toMatchObject({ kind: 'later', why: 'rate-limit', at: new Date('2026-01-01T00:00:00Z') });
  });

  it('waits a day when the day is used up, though the quarter of an hour is not', () => {
    const limits = { remaining: 12, reset: RESET, userDay: { remaining: 0, reset: RESET + 86_400 } };
    const outcome = outcomeOf({ kind: 'answer', status: 429, body: {}, limits }, 'create');
    expect(outcome).toMatchObject({ at: new Date('2026-01-02T00:00:00Z') });
  });

  it('knows the older words for a rate limit', () => {
    const older = answer(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] });
    expect(outcomeOf(older, 'create')).toMatchObject({ why: 'rate-limit', at: null, detail: 'Rate limit exceeded' });
  });

  it.each(ENDPOINTS)('names no instant when a %s meets an empty purse, whatever the headers say', (endpoint) => {
    const empty = answer(402, { title: 'Payment Required', detail: 'credits depleted' }, RESET);
    expect(outcomeOf(empty, endpoint)).toMatchObject({ kind: 'later', why: 'no-credits', at: null });
  });

  it('treats a used-up month like an empty purse', () => {
    const capped = answer(429, { detail: 'Usage cap', type: 'https://api.x.com/2/problems/usage-capped' }, RESET);
    expect(outcomeOf(capped, 'read')).toMatchObject({ why: 'no-credits', at: null });
  });
});

describe('a call that was not answered', () => {
  it.each(['create', 'token'] as const)('leaves a %s unknown', (endpoint) => {
    expect(outcomeOf(silence(true), endpoint).kind).toBe('unknown');
    expect(outcomeOf(problem(503, 'Service Unavailable'), endpoint).kind).toBe('unknown');
    expect(unreadable(endpoint).kind).toBe('unknown');
  });

  it.each(['read', 'change', 'media'] as const)('lets a %s be made again', (endpoint) => {
    expect(outcomeOf(silence(true), endpoint)).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect(outcomeOf(problem(503, 'Service Unavailable'), endpoint)).toMatchObject({
      kind: 'later',
      why: 'unavailable',
    });
    expect(unreadable(endpoint)).toMatchObject({ kind: 'later', why: 'unavailable' });
  });

  it.each(ENDPOINTS)('lets a %s that was never sent be made again', (endpoint) => {
    expect(outcomeOf(silence(false), endpoint)).toMatchObject({ kind: 'later', why: 'unreachable', at: null });
  });
});

describe('whatever X answers', () => {
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record({ detail: fc.string(), type: fc.string(), errors: fc.array(fc.object()) }),
  );
  const status = fc.oneof(fc.integer({ min: 400, max: 599 }), fc.constantFrom(401, 402, 403, 404, 408, 420, 429, 503));

  it('a read is never unknown, and a create is repeated only after a plain no', () => {
    fc.assert(
      fc.property(status, body, (code, words) => {
        expect(outcomeOf(answer(code, words), 'read').kind).not.toBe('unknown');
        const created = outcomeOf(answer(code, words), 'create');
        if (created.kind === 'later') expect(['rate-limit', 'no-credits']).toContain(created.why);
      }),
    );
  });
});

describe('an answer of nothing but errors', () => {
  it.each([
    ['https://api.x.com/2/problems/resource-not-found', 'gone'],
    ['https://api.twitter.com/2/problems/not-authorized-for-resource', 'forbidden'],
    ['about:blank', 'forbidden'],
  ])('of type %s is a refusal', (type, why) => {
    expect(outcomeOfErrors([{ type, detail: 'No.' }])).toEqual({ kind: 'refused', why, detail: 'No.' });
  });
});
