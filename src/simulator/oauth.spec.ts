import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { consentFrom, troubleWithCode } from './oauth.js';
import type { Code } from './rows.js';
import { State } from './state.js';

const state = new State();
state.apply([
  {
    put: 'apps',
    row: { id: 'app', secretHash: '', name: 'App', redirectUris: ['https://app.example/back'], owner: null },
  },
]);
const LINK = {
  client_id: 'app',
  redirect_uri: 'https://app.example/back',
  response_type: 'code',
  state: 's',
  code_challenge: 'c',
  code_challenge_method: 'S256',
  scope: 'users.read offline.access',
};

describe('an authorize link', () => {
  it('is read when everything is there', () => {
    expect(consentFrom(LINK, state)).toMatchObject({ clientId: 'app', scopes: ['users.read', 'offline.access'] });
  });

  it.each([
    ['client_id', 'other', /app is not known/],
    ['redirect_uri', 'https://evil.example/back', /callback/],
    ['response_type', 'token', /response type/],
    ['state', '', /state/],
    ['code_challenge_method', 'plain', /S256/],
    ['scope', 'everything', /everything is not known/],
  ])('is refused with another %s', (name, value, sentence) => {
    expect(consentFrom({ ...LINK, [name]: value }, state)).toMatch(sentence);
  });
});

describe('a code', () => {
  const code: Code = {
    id: 'hash',
    appId: 'app',
    userId: '1',
    scopes: [],
    redirectUri: 'https://app.example/back',
    challenge: createHash('sha256').update('verifier').digest('base64url'),
    expiresAt: '2026-11-23T09:00:30.000Z',
    spentOn: null,
  };
  const given = { clientId: 'app', redirectUri: 'https://app.example/back', verifier: 'verifier' };
  const at = (time: string) => new Date(`2026-11-23T${time}Z`);

  it('is good for half a minute', () => {
    expect(troubleWithCode(code, given, at('09:00:29.999'))).toBeNull();
    expect(troubleWithCode(code, given, at('09:00:30.000'))).toMatch(/authorization code/);
  });

  it('is good once, for its own app, callback and verifier', () => {
    const now = at('09:00:00');
    expect(troubleWithCode({ ...code, spentOn: 'family' }, given, now)).toMatch(/authorization code/);
    expect(troubleWithCode(code, { ...given, clientId: 'other' }, now)).toMatch(/authorization code/);
    expect(troubleWithCode(code, { ...given, redirectUri: 'https://app.example/other' }, now)).toMatch(/redirect uri/);
    expect(troubleWithCode(code, { ...given, verifier: 'guess' }, now)).toMatch(/code verifier/);
  });
});
