import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Call, Endpoint } from './call.js';
import { callerOf, type Known } from './caller.js';
import { directMessageEndpoints } from './directmessages.js';
import type { EndpointName } from './endpoint.js';
import { addressOf, faultAfter, faultBefore, nameOf, takeFault } from './faulty.service.js';
import { limitHeaders } from './limits.js';
import { mediaEndpoints } from './media.routes.js';
import { chargesFor } from './meter.js';
import { postEndpoints } from './posts.js';
import { notFound, type Problem, tooManyRequests } from './problems.js';
import { profileEndpoints } from './profile.routes.js';
import type { Change } from './state.js';
import { timelineEndpoints } from './timeline.js';
import { userEndpoints } from './users.js';
import { hashed, type World } from './world.service.js';

/** X's API v2, and the two calls of v1.1 that change a profile. */
export function apiRoutes(app: FastifyInstance, world: World): void {
  const endpoints = [
    ...userEndpoints,
    ...postEndpoints,
    ...timelineEndpoints,
    ...directMessageEndpoints,
    ...mediaEndpoints(world),
    ...profileEndpoints(world),
  ];
  for (const endpoint of endpoints) {
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      handler: (request, reply) =>
        answered(world, endpoint.name, request, reply, () => letIn(world, endpoint, request, reply)),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const { status, body } = notFound(addressOf(request));
    reply.status(status).send(body);
  });
}

/** What a call came to, and whose it was. */
export interface Outcome {
  answer: Answer;
  handle: string | null;
}

/** Runs a call between its faults: takes what waits for it, applies it in one line of the journal, answers, logs. */
export async function answered(
  world: World,
  name: EndpointName,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Outcome>,
): Promise<FastifyReply> {
  const fault = takeFault(world, name);
  const log = (status: number | null, handle: string | null, applied: boolean) =>
    world.log({
      at: world.now().toISOString(),
      endpoint: name,
      method: request.method,
      path: request.url,
      handle,
      status,
      fault: nameOf(fault),
      applied,
    });
  if (fault?.kind === 'dead-family') killFamilyOf(world, request);
  const before = await faultBefore(fault, name, world.real(), reply);
  if (before === 'gone') {
    log(null, null, false);
    return reply;
  }
  if (before) {
    log(before.answer.status, null, false);
    return send(reply.headers(before.headers), before.answer);
  }
  const { answer, handle } = await work();
  const act = [...(answer.act ?? []), ...newCharges(world, answer)];
  world.write(act);
  const applied = (answer.act ?? []).length > 0;
  const after = faultAfter(fault, answer, reply);
  log(after === 'gone' ? null : (after ?? answer).status, handle, applied);
  return after === 'gone' ? reply : send(reply, after ?? answer);
}

async function letIn(world: World, endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<Outcome> {
  const form = isForm(request) ? (request.body as Record<string, string>) : {};
  const caller = callerOf(
    world.state,
    endpoint,
    {
      authorization: request.headers.authorization ?? '',
      method: request.method,
      url: `https://${request.headers.host}${addressOf(request)}`,
      form: { ...(request.query as Record<string, string>), ...form },
    },
    world.real(),
    hashed,
  );
  if (isProblem(caller)) return { answer: caller, handle: null };
  const handle = caller.user?.handle ?? null;
  if (!withinLimits(world, endpoint, caller, reply)) return { answer: tooManyRequests, handle };
  return { answer: await endpoint.answer(callFrom(world, caller, request)), handle };
}

function withinLimits(world: World, endpoint: Endpoint, { user, appId }: Known, reply: FastifyReply): boolean {
  const off = world.state.get('settings', 'limits')?.off ?? [];
  const enforce = world.enforceLimits && !off.includes(endpoint.name) && !off.includes('any');
  const counted = world.limits.take(endpoint.name, { userId: user?.id ?? null, appId }, world.real(), enforce);
  if (counted) reply.headers(limitHeaders(counted));
  return counted?.allowed ?? true;
}

function callFrom(world: World, { user, appId }: Known, request: FastifyRequest): Call {
  return {
    state: world.state,
    user,
    appId,
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | undefined>,
    body: (request.body ?? {}) as Record<string, unknown>,
    now: world.now(),
    real: world.real(),
    newId: () => world.newId(),
    mediaUrl: (key) => `${world.url}/simulator/media/${key}`,
  };
}

/** The same item is charged once a UTC day, whichever endpoint returned it. */
function newCharges(world: World, answer: Answer): Change[] {
  return chargesFor(answer.items ?? [], world.now())
    .filter(({ id }) => !world.state.get('charges', id))
    .map((row) => ({ put: 'charges', row }));
}

function killFamilyOf(world: World, request: FastifyRequest): void {
  const body = (request.body ?? {}) as Record<string, string>;
  const bearer = (request.headers.authorization ?? '').replace(/^Bearer /i, '');
  const token = [bearer, body.refresh_token, body.token].map((secret) =>
    world.state.get('tokens', hashed(secret ?? '')),
  );
  const family = world.state.get('families', token.find((each) => each)?.familyId ?? '');
  if (family) world.write([{ put: 'families', row: { ...family, dead: true } }]);
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  const type = status >= 400 && status !== 402 ? 'application/problem+json' : 'application/json; charset=utf-8';
  return reply
    .status(status)
    .type(type)
    .send(JSON.stringify(body ?? {}));
}

function isProblem(found: Known | Problem): found is Problem {
  return 'status' in found;
}

function isForm(request: FastifyRequest): boolean {
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}
