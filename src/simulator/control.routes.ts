import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newUser } from './accounts.js';
import { ENDPOINTS } from './endpoint.js';
import { FAULT_KINDS } from './faults.js';
import { readMeter } from './meter.js';
import { SCOPES } from './oauth.js';
import { issueTokens } from './oauth.routes.js';
import { withoutPost } from './posts.js';
import { keepPicture } from './profile.routes.js';
import type { Family, Fault, User } from './rows.js';
import { newestFirst } from './snowflake.js';
import { hashed, type World } from './world.service.js';
import { writtenPost } from './written.service.js';

const handle = z.string().regex(/^\w{1,15}$/);
const yes = z.union([z.boolean(), z.literal('on').transform(() => true)]);

const userForm = z.object({
  handle,
  id: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  name: z.string().min(1).max(50).optional(),
  bio: z.string().max(160).optional(),
  /** A picture's bytes in base64. */
  picture: z.string().optional(),
  protected: yes.optional(),
  longPosts: yes.optional(),
  acceptsMessages: z.boolean().optional(),
});

const appForm = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  name: z.string().optional(),
  redirectUris: z.array(z.url()).default([]),
  owner: handle.optional(),
});

const tokenForm = z.object({
  handle,
  clientId: z.string().default('baton'),
  scopes: z.array(z.enum(SCOPES)).default([...SCOPES]),
  /** The app's secrets of OAuth 1.0a: gives tokens that are signed with. */
  consumerSecret: z.string().optional(),
});

const count = z.coerce.number().int().min(1);
const faultForm = z.object({
  endpoint: z.enum([...ENDPOINTS, 'any']),
  kind: z.enum(FAULT_KINDS),
  /** The first call that it hits, counted from now. */
  nth: count.default(1),
  /** How many calls it hits. */
  count: count.default(1),
  every: yes.default(false),
  /** For `slow` milliseconds; for `429` seconds until the limit is full again. */
  amount: z
    .union([z.literal('').transform(() => null), z.coerce.number().int().min(0)])
    .nullable()
    .default(null),
  chance: z.number().min(0).max(1).default(1),
});

const lagForm = z.object({ upTo: z.number().int().min(0) });
const duplicatesForm = z.object({ on: z.boolean() });
const changeForm = z
  .object({
    withheld: z.array(z.string().length(2)),
    protected: yes,
    likes: z.number().int().min(0),
    views: z.number().int().min(0),
  })
  .partial();

const limitForm = z.object({ endpoint: z.enum([...ENDPOINTS, 'any']), on: z.boolean() });

/** What tests, rehearsals and the page do to the pretend network. Bodies are JSON; the page's forms come back to it. */
export function controlRoutes(app: FastifyInstance, world: World): void {
  app.post('/simulator/users', (request, reply) => makeUser(world, request, reply));
  app.get('/simulator/users.json', () => world.state.all('users'));
  app.post('/simulator/apps', (request, reply) => makeApp(world, request, reply));
  app.post('/simulator/tokens', (request, reply) => makeTokens(world, request, reply));
  app.post('/simulator/faults', (request, reply) => makeFault(world, request, reply));
  app.get('/simulator/faults', () => world.state.all('faults'));
  app.delete('/simulator/faults', (_request, reply) => dropFaults(world, reply));
  app.post('/simulator/faults/ended', (_request, reply) => {
    world.write(world.state.all('faults').map(({ id }) => ({ drop: 'faults', id })));
    return reply.redirect('/simulator', 303);
  });
  app.post('/simulator/limits', (request, reply) => setLimit(world, request, reply));
  app.post('/simulator/duplicates', (request, reply) => setDuplicates(world, request, reply));
  app.post('/simulator/lag', (request, reply) => setLag(world, request, reply));
  app.post('/simulator/posts', (request, reply) => makePost(world, request, reply));
  app.get('/simulator/posts.json', () => world.state.all('posts').sort(newestFirst));
  app.patch('/simulator/posts/:id', (request, reply) => changePost(world, request, reply));
  app.delete('/simulator/posts/:id', (request, reply) => dropPost(world, request, reply));
  app.get('/simulator/messages.json', () => world.state.all('messages').sort(newestFirst));
  app.post('/simulator/reset', (request, reply) => {
    world.reset();
    return done(request, reply, 200, { reset: true });
  });
  app.get('/simulator/calls.json', () => world.calls);
  app.get('/simulator/meter.json', () => readMeter(world.state.all('charges')));
}

async function makeUser(world: World, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { picture, ...given } = userForm.parse(request.body);
  const known = world.state.userByHandle(given.handle);
  const base = known ?? newUser(given.id ?? world.newId(), given.handle, world.now());
  const media = picture ? await keepPicture(world, Buffer.from(picture, 'base64')) : null;
  const row: User = { ...base, ...given, id: base.id, picture: media?.id ?? base.picture };
  world.write([...(media ? [{ put: 'media' as const, row: media }] : []), { put: 'users', row }]);
  return done(request, reply, known ? 200 : 201, row);
}

function makeApp(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { clientId, clientSecret, name = clientId, redirectUris, owner = null } = appForm.parse(request.body);
  world.write([{ put: 'apps', row: { id: clientId, secretHash: hashed(clientSecret), name, redirectUris, owner } }]);
  return done(request, reply, 201, { clientId, name, redirectUris, owner });
}

/** Tokens without a browser, as if the account had said yes. */
function makeTokens(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { handle, clientId, scopes, consumerSecret } = tokenForm.parse(request.body);
  const user = world.state.userByHandle(handle);
  if (!user || !world.state.get('apps', clientId)) return reply.status(404).send({ error: 'No such account or app' });
  const family: Family = { id: world.newId(), appId: clientId, userId: user.id, scopes, dead: false };
  if (consumerSecret === undefined) {
    const issued = issueTokens(world, family);
    world.write([{ put: 'families', row: family }, ...issued.act]);
    return reply.status(201).send({ ...issued.body, user_id: user.id });
  }
  const [accessToken, accessSecret] = [`${user.id}-${world.newSecret()}`, world.newSecret()];
  const secrets = { app: consumerSecret, token: accessSecret };
  const row = {
    id: `oauth1 ${accessToken}`,
    kind: 'oauth1' as const,
    familyId: family.id,
    expiresAt: null,
    spent: false,
    secrets,
  };
  world.write([
    { put: 'families', row: family },
    { put: 'tokens', row },
  ]);
  return reply.status(201).send({ accessToken, accessSecret, user_id: user.id });
}

function makeFault(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { endpoint, kind, nth, count, every, amount, chance } = faultForm.parse(request.body);
  const row: Fault = { id: world.newId(), endpoint, kind, skip: nth - 1, left: every ? null : count, amount, chance };
  world.write([{ put: 'faults', row }]);
  return done(request, reply, 201, row);
}

function dropFaults(world: World, reply: FastifyReply): FastifyReply {
  world.write(world.state.all('faults').map(({ id }) => ({ drop: 'faults', id })));
  return reply.status(204).send();
}

function setLimit(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { endpoint, on } = limitForm.parse(request.body);
  const others = (world.state.get('settings', 'limits')?.off ?? []).filter((name) => name !== endpoint);
  world.write([{ put: 'settings', row: { id: 'limits', off: on ? others : [...others, endpoint] } }]);
  return done(request, reply, 200, { off: world.state.get('settings', 'limits')?.off });
}

function setDuplicates(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { on } = duplicatesForm.parse(request.body);
  world.write([{ put: 'settings', row: { id: 'duplicates', off: on ? [] : ['create'] } }]);
  return done(request, reply, 200, { on });
}

function setLag(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { upTo } = lagForm.parse(request.body);
  world.write([{ put: 'lags', row: { id: 'timelines', upTo } }]);
  return done(request, reply, 200, { upTo });
}

async function makePost(world: World, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const written = await writtenPost(world, request.body);
  if (typeof written === 'string') return reply.status(404).send({ error: written });
  world.write(written.act);
  return done(request, reply, 201, written.post);
}

/** What happens to a post that its author does not do: it is withheld, its author becomes protected. */
function changePost(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const post = world.state.get('posts', (request.params as { id: string }).id);
  if (!post) return reply.status(404).send({ error: 'No such post' });
  const row = { ...post, ...changeForm.parse(request.body) };
  world.write([{ put: 'posts', row }]);
  return reply.send(row);
}

function dropPost(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const post = world.state.get('posts', (request.params as { id: string }).id);
  if (!post) return reply.status(404).send({ error: 'No such post' });
  world.write(withoutPost(world.state, post));
  return reply.status(204).send();
}

/** A form of the page goes back to it. */
function done(request: FastifyRequest, reply: FastifyReply, status: number, body: unknown): FastifyReply {
  const fromPage = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return fromPage ? reply.redirect('/simulator', 303) : reply.status(status).send(body);
}
