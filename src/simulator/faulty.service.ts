import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './call.js';
import type { EndpointName } from './endpoint.js';
import { answerOfFault, faultsAfter } from './faults.js';
import { type Allowance, limitHeaders } from './limits.js';
import type { Fault } from './rows.js';
import type { Change } from './state.js';
import type { World } from './world.service.js';

const FULL_AGAIN_IN_S = 900;

/** Takes the fault that waits for this call, and counts down all that concern it. */
export function takeFault(world: World, endpoint: EndpointName): Fault | null {
  const tried = world.state.all('faults').filter(({ chance }) => chance >= 1 || Math.random() < chance);
  const { hit, next } = faultsAfter(tried, endpoint);
  world.write([...next].map(([id, row]): Change => (row ? { put: 'faults', row } : { drop: 'faults', id })));
  return hit;
}

/** What a fault does before anything is applied. `gone`: nothing will ever be answered. */
export async function faultBefore(
  fault: Fault | null,
  endpoint: EndpointName,
  real: Date,
  reply: FastifyReply,
): Promise<{ answer: Answer; headers: Record<string, string> } | 'gone' | null> {
  if (fault?.kind === 'slow') await wait(fault.amount ?? 1000);
  if (fault?.kind === 'silence') return fallSilent(reply);
  if (fault?.kind === 'reset') return hangUp(reply);
  const problem = fault && answerOfFault(fault.kind, endpoint);
  if (!problem) return null;
  const headers =
    problem.status === 429 ? limitHeaders({ window: usedUp(fault, real), userDay: null, appDay: null }) : {};
  return { answer: problem, headers };
}

/** What a fault does once the call has been applied. Null: the answer goes out as it is. */
export function faultAfter(fault: Fault | null, answer: Answer, reply: FastifyReply): Answer | 'gone' | null {
  if (fault?.kind === 'applied-503') {
    return {
      status: 503,
      body: { title: 'Service Unavailable', detail: 'Service Unavailable', type: 'about:blank', status: 503 },
    };
  }
  if (fault?.kind === 'applied-silence') return fallSilent(reply);
  if (fault?.kind === 'applied-reset') return hangUp(reply);
  if (fault?.kind === 'malformed') return breakOff(answer, reply);
  return null;
}

/** The fault for people's eyes in the log. */
export function nameOf(fault: Fault | null): string | null {
  return fault ? fault.kind : null;
}

export function addressOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? request.url;
}

function fallSilent(reply: FastifyReply): 'gone' {
  reply.hijack();
  return 'gone';
}

function hangUp(reply: FastifyReply): 'gone' {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
  return 'gone';
}

/** A whole answer as far as HTTP can tell, whose JSON is cut in half. */
function breakOff(answer: Answer, reply: FastifyReply): 'gone' {
  const text = JSON.stringify(answer.body ?? {});
  reply.hijack();
  reply.raw.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
  reply.raw.end(text.slice(0, Math.ceil(text.length / 2)));
  return 'gone';
}

function usedUp(fault: Fault, real: Date): Allowance {
  return { limit: 0, remaining: 0, reset: Math.ceil(real.getTime() / 1000) + (fault.amount ?? FULL_AGAIN_IN_S) };
}
