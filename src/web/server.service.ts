import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';

/** Cookies, forms, uploads and security headers, set on the HTTP server before any route. */
export async function prepareServer(server: FastifyInstance, runtime: Runtime): Promise<void> {
  const secure = runtime.publicUrl.startsWith('https:');
  await server.register(cookie, { secret: runtime.secrets.signing });
  await server.register(csrf, {
    cookieKey: secure ? '__Host-form' : 'form',
    cookieOpts: { path: '/', sameSite: 'lax', httpOnly: true, secure, signed: true },
  });
  await server.register(multipart, {
    attachFieldsToBody: true,
    throwFileSizeLimit: false,
    limits: { fileSize: settings.pictureBytes + 1, files: settings.threadParts, fields: 200, fieldSize: 100_000 },
  });
  server.addHook('preValidation', plainBody);
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
  filename?: string;
  file?: { truncated: boolean };
  toBuffer?: () => Promise<Buffer>;
}

/** A multipart body as the same plain object that an ordinary form gives, files as `{filename, bytes, truncated}`. */
async function plainBody(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart?.() || !request.body) return;
  const body: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(request.body as Record<string, Part | Part[]>)) {
    const values = await Promise.all([given].flat().map(plainPart));
    body[name] = values.length > 1 ? values : values[0];
  }
  request.body = body;
}

async function plainPart(part: Part): Promise<unknown> {
  if (part.type !== 'file') return part.value;
  const bytes = (await part.toBuffer?.()) ?? Buffer.alloc(0);
  const truncated = part.file?.truncated || bytes.length > settings.pictureBytes;
  return { filename: part.filename ?? '', bytes, truncated };
}
