import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newUser } from './accounts.js';
import { answered, type Outcome } from './api.routes.js';
import type { Answer } from './call.js';
import {
  ACCESS_LIFE,
  CODE_LIFE,
  type Consent,
  consentFrom,
  kill,
  refreshing,
  tokenRows,
  troubleWithCode,
} from './oauth.js';
import { authorizePage, consentProblemPage } from './pages/authorize.js';
import { sendPage } from './pages/page.service.js';
import { invalidToken, oauthProblem } from './problems.js';
import type { Family } from './rows.js';
import type { State } from './state.js';
import { hashed, type World } from './world.service.js';

type Fields = Record<string, string | undefined>;

/** OAuth 2.0 with PKCE for confidential clients: https://docs.x.com/fundamentals/authentication/oauth-2-0 */
export function oauthRoutes(app: FastifyInstance, world: World): void {
  for (const path of ['/i/oauth2/authorize', '/simulator/i/oauth2/authorize']) {
    app.get(path, (request, reply) => showConsent(world, request, reply));
    app.post(path, (request, reply) => decideConsent(world, request, reply));
  }
  app.post('/2/oauth2/token', (request, reply) =>
    answered(world, 'token', request, reply, async () => nobody(token(world, request))),
  );
  app.post('/2/oauth2/revoke', (request, reply) =>
    answered(world, 'revoke', request, reply, async () => nobody(revoke(world, request))),
  );
  app.post('/oauth2/token', (request, reply) =>
    answered(world, 'token', request, reply, async () => nobody(appToken(world, request))),
  );
}

/** New tokens for a family, in clear as they are handed out, with the rows that keep them. */
export function issueTokens(world: World, family: Family) {
  const access = world.newSecret();
  const refresh = family.scopes.includes('offline.access') ? world.newSecret() : null;
  const body = {
    token_type: 'bearer',
    expires_in: ACCESS_LIFE / 1000,
    access_token: access,
    scope: family.scopes.join(' '),
    ...(refresh ? { refresh_token: refresh } : {}),
  };
  return { body, act: tokenRows(family, hashed(access), refresh ? hashed(refresh) : null, world.real()) };
}

function showConsent(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const query = request.query as Fields;
  const consent = consentFrom(query, world.state);
  if (typeof consent === 'string') return sendPage(reply, consentProblemPage(consent), 400);
  const app = world.state.get('apps', consent.clientId);
  return sendPage(reply, authorizePage(app?.name ?? consent.clientId, consent, world.state.all('users'), query));
}

function decideConsent(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fields = { ...(request.query as Fields), ...(request.body as Fields) };
  const consent = consentFrom(fields, world.state);
  if (typeof consent === 'string') return sendPage(reply, consentProblemPage(consent), 400);
  if (fields.decision !== 'allow') return back(reply, consent, { error: 'access_denied' });
  const handle = (fields.new_handle || fields.handle || '').replace(/^@/, '');
  const known = world.state.userByHandle(handle) ?? (handle === '' ? world.state.all('users')[0] : undefined);
  if (!known && !/^\w{1,15}$/.test(handle)) return sendPage(reply, consentProblemPage('That is no handle.'), 400);
  const user = known ?? newUser(world.newId(), handle, world.now());
  const code = world.newSecret();
  world.write([
    ...(known ? [] : [{ put: 'users' as const, row: user }]),
    {
      put: 'codes',
      row: {
        id: hashed(code),
        appId: consent.clientId,
        userId: user.id,
        scopes: consent.scopes,
        redirectUri: consent.redirectUri,
        challenge: consent.challenge,
        expiresAt: new Date(world.real().getTime() + CODE_LIFE).toISOString(),
        spentOn: null,
      },
    },
  ]);
  return back(reply, consent, { code });
}

function back(reply: FastifyReply, { redirectUri, state }: Consent, more: Record<string, string>): FastifyReply {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ state, ...more })) url.searchParams.set(name, value);
  return reply.redirect(url.toString(), 302);
}

function token(world: World, request: FastifyRequest): Answer {
  const body = (request.body ?? {}) as Fields;
  const clientId = clientOf(world.state, request, body);
  if (!clientId) return oauthProblem('unauthorized_client', 'Missing valid authorization header', 401);
  if (body.grant_type === 'authorization_code') return exchange(world, body, clientId);
  if (body.grant_type === 'refresh_token') return refresh(world, body, clientId);
  return oauthProblem('invalid_request', 'Value passed for the grant type was invalid.');
}

function exchange(world: World, body: Fields, clientId: string): Answer {
  const code = world.state.get('codes', hashed(body.code ?? ''));
  const given = { clientId, redirectUri: body.redirect_uri, verifier: body.code_verifier };
  const trouble = troubleWithCode(code, given, world.real());
  const spentOn = code?.spentOn ? world.state.get('families', code.spentOn) : undefined;
  if (!code || trouble) return { ...oauthProblem('invalid_request', trouble ?? ''), act: spentOn ? kill(spentOn) : [] };
  const { appId, userId, scopes } = code;
  const family: Family = { id: world.newId(), appId, userId, scopes, dead: false };
  const issued = issueTokens(world, family);
  return {
    status: 200,
    body: issued.body,
    act: [{ put: 'codes', row: { ...code, spentOn: family.id } }, { put: 'families', row: family }, ...issued.act],
  };
}

function refresh(world: World, body: Fields, clientId: string): Answer {
  const spent = world.state.get('tokens', hashed(body.refresh_token ?? ''));
  const decided = refreshing(world.state, spent, clientId);
  if (decided.kind === 'invalid' || !spent)
    return { ...invalidToken, act: decided.kind === 'invalid' ? decided.act : [] };
  const issued = issueTokens(world, decided.family);
  return { status: 200, body: issued.body, act: [{ put: 'tokens', row: { ...spent, spent: true } }, ...issued.act] };
}

/** Revoking a refresh token ends all that came of its consent; an access token only itself. */
function revoke(world: World, request: FastifyRequest): Answer {
  const body = (request.body ?? {}) as Fields;
  if (!clientOf(world.state, request, body)) {
    return oauthProblem('unauthorized_client', 'Missing valid authorization header', 401);
  }
  const found = world.state.get('tokens', hashed(body.token ?? ''));
  const family = found && world.state.get('families', found.familyId);
  if (!found || !family) return invalidToken;
  return {
    status: 200,
    body: { revoked: true },
    act: found.kind === 'refresh' ? kill(family) : [{ put: 'tokens', row: { ...found, spent: true } }],
  };
}

function appToken(world: World, request: FastifyRequest): Answer {
  const clientId = clientOf(world.state, request, (request.body ?? {}) as Fields);
  if (!clientId) return { status: 403, body: { errors: [{ code: 99, message: 'Unable to verify your credentials' }] } };
  const secret = world.newSecret();
  return {
    status: 200,
    body: { token_type: 'bearer', access_token: secret },
    act: [
      { put: 'tokens', row: { id: hashed(secret), kind: 'app', familyId: clientId, expiresAt: null, spent: false } },
    ],
  };
}

/** The app whose id and secret came along, by Basic authorization or in the body. */
function clientOf(state: State, request: FastifyRequest, body: Fields): string | null {
  const [, basic = ''] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const [id = body.client_id, secret = body.client_secret] =
    basic === '' ? [] : Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  const app = state.get('apps', id ?? '');
  return app && app.secretHash === hashed(secret ?? '') ? app.id : null;
}

function nobody(answer: Answer): Outcome {
  return { answer, handle: null };
}
