import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Clock } from '../platform/clock.service.js';
import type { Upload } from './form.js';
import { plainAddress, plainText } from './plain-text.js';
import { sessionCookie } from './principal.js';
import { clearLeft, clearUp, takeIn } from './uploads.service.js';

/** Cookies, forms, uploads and security headers, set on the HTTP server before any route. `signedIn` asks whose a session is. */
export async function prepareServer(
  server: FastifyInstance,
  runtime: Runtime,
  signedIn: (sessionToken: string) => Promise<boolean>,
): Promise<void> {
  const secure = runtime.publicUrl.startsWith('https:');
  await clearLeft(uploadsOf(runtime), new Clock().real());
  await server.register(cookie, { secret: runtime.secrets.signing });
  await server.register(csrf, {
    cookieKey: secure ? '__Host-form' : 'form',
    cookieOpts: { path: '/', sameSite: 'lax', httpOnly: true, secure, signed: true },
  });
  await server.register(multipart, {
    attachFieldsToBody: true,
    throwFileSizeLimit: false,
    limits: { fileSize: settings.filmBytes + 1, files: 4 * settings.threadParts, fields: 300, fieldSize: 100_000 },
    onFile: taking(runtime, signedIn, sessionCookie(secure)),
  });
  server.addHook('preValidation', plainBody);
  server.addHook('preValidation', plainWords);
  server.addHook('onResponse', clearUp);
  server.addHook('onRequestAbort', clearUp);
  server.addHook('onRequest', async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    (reply as FastifyReply & { nonce?: string }).nonce = nonce;
    reply.headers(securityHeaders(nonce, secure));
  });
}

/** Headers of every answer. Feeds and embeds loosen two of them for themselves. */
function securityHeaders(nonce: string, secure: boolean): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

interface Part {
  type: 'field' | 'file';
  value?: unknown;
  upload?: Upload;
}

/** Where films lie while they arrive. */
function uploadsOf({ dataFolder }: Runtime): string {
  return join(dataFolder, 'uploads');
}

/** How the files of a form are taken in while they arrive. */
function taking(runtime: Runtime, signedIn: (token: string) => Promise<boolean>, cookieName: string) {
  const given = {
    folder: uploadsOf(runtime),
    signedIn: async ({ cookies }: FastifyRequest) => signedIn(cookies[cookieName] ?? ''),
  };
  return async function take(this: FastifyRequest, part: MultipartFile): Promise<void> {
    (part as Part).upload = await takeIn(this, part.file, part.filename ?? '', given);
  };
}

/** A multipart body as the same plain object that an ordinary form gives, files as an Upload. */
async function plainBody(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart?.() || !request.body) return;
  const body: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(request.body as Record<string, Part | Part[]>)) {
    const values = [given].flat().map((part) => (part.type === 'file' ? part.upload : part.value));
    body[name] = values.length > 1 ? values : values[0];
  }
  request.body = body;
}

/** Words that the database cannot hold are taken out once, here, so that no form has to think of them. */
async function plainWords(request: FastifyRequest): Promise<void> {
  request.body = plainText(request.body);
  request.query = plainText(request.query);
  request.params = plainAddress(request.params);
}
