import { describe, expect, it } from '@jest/globals';
import { XNetwork } from './x.network.js';

const app = { clientId: 'an-app', clientSecret: 'its-secret', consumer: null, timeoutMs: 1000 };
const request = {
  redirectUri: 'http://127.0.0.1:3000/team/nhs/connection',
  state: 'a+state',
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  scopes: ['tweet.read', 'offline.access'],
};
const linkOf = (simulatorUrl: string | null, publicSimulatorUrl: string | null) =>
  new XNetwork({ ...app, simulatorUrl, publicSimulatorUrl }).authorizeLink(request);

describe('the link that connects an account', () => {
  it('leads to X, with PKCE and the scopes', () => {
    const link = linkOf(null, null);
    const { origin, pathname, searchParams } = new URL(link);
    expect(origin + pathname).toBe('https://x.com/i/oauth2/authorize');
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: 'an-app',
      redirect_uri: request.redirectUri,
      state: 'a+state',
      code_challenge: request.codeChallenge,
      code_challenge_method: 'S256',
      scope: 'tweet.read offline.access',
    });
    expect(link).toContain('scope=tweet.read%20offline.access');
    expect(link).not.toContain('its-secret');
  });

  it('leads to the simulator where a browser reaches it', () => {
    expect(linkOf('http://127.0.0.1:4000', null)).toMatch(/^http:\/\/127\.0\.0\.1:4000\/i\/oauth2\/authorize\?/);
    const proxied = linkOf('http://127.0.0.1:4000', 'https://baton.example/simulator/');
    expect(proxied).toMatch(/^https:\/\/baton\.example\/simulator\/i\/oauth2\/authorize\?/);
  });
});
