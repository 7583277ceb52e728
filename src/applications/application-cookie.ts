/** What can set and clear a cookie on an answer. */
interface CookieSetter {
  setCookie(name: string, value: string, options: object): unknown;
  clearCookie(name: string, options: object): unknown;
}

/** The cookie that finds an unfinished application again. */
export const APPLICATION = 'application';
const LIFE_SECONDS = 30 * 24 * 60 * 60;

export function setApplication(reply: CookieSetter, slug: string, value: string, publicUrl: string): void {
  const secure = publicUrl.startsWith('https:');
  const options = { path: `/${slug}/apply`, httpOnly: true, sameSite: 'lax', secure, maxAge: LIFE_SECONDS };
  reply.setCookie(APPLICATION, value, options);
}

export function clearApplication(reply: CookieSetter, slug: string): void {
  reply.clearCookie(APPLICATION, { path: `/${slug}/apply` });
}
