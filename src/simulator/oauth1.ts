import { createHmac } from 'node:crypto';

/** The parts of an `Authorization: OAuth …` header (RFC 5849), or null when it is none. */
export function readOAuth1(header: string): Record<string, string> | null {
  if (!header.startsWith('OAuth ')) return null;
  const parts = [...header.matchAll(/([a-z_]+)="([^"]*)"/g)];
  return Object.fromEntries(parts.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

/** What the signature of a request must be. `form` holds the query's and, for form bodies, the body's fields. */
export function oauth1Signature(
  request: { method: string; url: string; form: Record<string, string> },
  header: Record<string, string>,
  secrets: { app: string; token: string },
): string {
  const { oauth_signature: _, ...signed } = header;
  const fields = Object.entries({ ...request.form, ...signed })
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const base = [request.method, request.url, fields].map(encoded).join('&');
  return createHmac('sha1', `${encoded(secrets.app)}&${encoded(secrets.token)}`)
    .update(base)
    .digest('base64');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
