import { settings } from '../../config/settings.js';
import { sessionCookie } from '../web/principal.js';

/** What can set a cookie on an answer. */
interface CookieSetter {
  setCookie(name: string, value: string, options: object): unknown;
}

/** Puts a new session's token into its cookie. */
export function setSession(reply: CookieSetter, token: string, publicUrl: string): void {
  const secure = publicUrl.startsWith('https:');
  const maxAge = settings.sessionLife / 1000;
  reply.setCookie(sessionCookie(secure), token, { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge });
}
