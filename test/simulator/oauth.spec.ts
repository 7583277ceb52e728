import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CALLBACK, failure, PretendNetwork, pkce } from './network.js';

let network: PretendNetwork;
beforeAll(async () => {
  network = await PretendNetwork.start();
});
afterAll(() => network.stop());
beforeEach(async () => {
  await network.post('reset', {});
  await network.post('users', { handle: 'NHS', name: 'NHS' });
});

const spent = { code: 400, data: { error: 'invalid_request' } };

describe('connecting an account', () => {
  it('gives tokens that speak as the account that consented', async () => {
    const tokens = await network.connect();
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 7200, refresh_token: expect.any(String) });
    expect((await network.as(tokens.access_token).v2.me()).data).toEqual({
      id: expect.stringMatching(/^\d{15,}$/),
      name: 'NHS',
      username: 'NHS',
    });
  });

  it('works through the library’s own way in', async () => {
    const { url, codeVerifier, state } = network.asApp().generateOAuth2AuthLink(CALLBACK, { scope: ['users.read'] });
    const query = Object.fromEntries(new URL(url).searchParams);
    const back = await network.consent(query.code_challenge ?? '', query);
    expect(back.searchParams.get('state')).toBe(state);
    const code = back.searchParams.get('code') ?? '';
    const { client } = await network.asApp().loginWithOAuth2({ code, codeVerifier, redirectUri: CALLBACK });
    expect((await client.v2.me()).data.username).toBe('NHS');
  });

  it('takes a form and Basic authorization as well', async () => {
    const { verifier, challenge } = pkce();
    const code = (await network.consent(challenge)).searchParams.get('code') ?? '';
    const answer = await fetch(`${network.url}/2/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('baton:baton-secret').toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: verifier,
      }),
    });
    expect(answer.status).toBe(200);
  });

  it('goes back empty-handed when the person says no', async () => {
    const back = await network.consent(pkce().challenge, { decision: 'deny' });
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('code')).toBeNull();
  });

  it('makes an account that is named for the first time', async () => {
    const { verifier, challenge } = pkce();
    const back = await network.consent(challenge, { new_handle: '@162880' });
    const { access_token } = await network.exchange(back.searchParams.get('code') ?? '', verifier);
    expect((await network.as(access_token).v2.me()).data.username).toBe('162880');
  });

  it('refuses a code with another verifier, and a wrong secret', async () => {
    const code = (await network.consent(pkce().challenge)).searchParams.get('code') ?? '';
    expect(await failure(network.exchange(code, 'another'))).toMatchObject(spent);
    const answer = await fetch(`${network.url}/2/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'baton', client_secret: 'wrong', grant_type: 'refresh_token' }),
    });
    expect(answer.status).toBe(401);
  });

  it('takes a code once, and ends what came of it when it comes again', async () => {
    const { verifier, challenge } = pkce();
    const code = (await network.consent(challenge)).searchParams.get('code') ?? '';
    const tokens = await network.exchange(code, verifier);
    expect(await failure(network.exchange(code, verifier))).toMatchObject(spent);
    expect(await failure(network.as(tokens.access_token).v2.me())).toMatchObject({ code: 401 });
  });
});

describe('refreshing', () => {
  it('gives new tokens, each refresh token once', async () => {
    const first = await network.connect();
    const second = await network.refresh(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const third = await network.refresh(second.refresh_token);
    expect((await network.as(third.access_token).v2.me()).data.username).toBe('NHS');
  });

  it('kills the whole family when a spent token comes again', async () => {
    const first = await network.connect();
    const second = await network.refresh(first.refresh_token);
    expect(await failure(network.refresh(first.refresh_token))).toMatchObject({
      code: 400,
      data: { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' },
    });
    expect(await failure(network.as(second.access_token).v2.me())).toMatchObject({ code: 401 });
    expect(await failure(network.refresh(second.refresh_token))).toMatchObject(spent);
  });
});

describe('disconnecting', () => {
  it('ends the tokens of a consent with its refresh token', async () => {
    const tokens = await network.connect();
    expect(await network.asApp().revokeOAuth2Token(tokens.refresh_token, 'refresh_token')).toMatchObject({
      revoked: true,
    });
    expect(await failure(network.as(tokens.access_token).v2.me())).toMatchObject({ code: 401 });
  });
});

describe('a token', () => {
  it('does no more than its scopes say', async () => {
    const { access_token } = await network.post<{ access_token: string }>('tokens', {
      handle: 'NHS',
      scopes: ['users.read'],
    });
    expect(await failure(network.as(access_token).v2.tweet('Hello'))).toMatchObject({ code: 403 });
  });

  it('may be signed with as in OAuth 1.0a', async () => {
    const { accessToken, accessSecret } = await network.post<{ accessToken: string; accessSecret: string }>('tokens', {
      handle: 'NHS',
      consumerSecret: 'app secret',
    });
    const signer = network.signing(accessToken, accessSecret, 'app secret');
    await signer.v1.updateAccountProfile({ name: 'NHS – Ada', description: 'Hello & good-bye' });
    expect((await signer.v2.me({ 'user.fields': ['description'] })).data).toMatchObject({
      name: 'NHS – Ada',
      description: 'Hello & good-bye',
    });
    const forger = network.signing(accessToken, 'a guess', 'app secret');
    expect(await failure(forger.v2.me())).toMatchObject({ code: 401 });
  });
});
