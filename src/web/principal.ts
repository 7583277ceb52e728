/** A role of a person on one account. */
export type Role = 'reviewer' | 'organiser' | 'approver' | 'keeper';

/** Who is asking: a signed-in person. */
export interface Principal {
  personId: string;
  name: string;
  sessionId: string;
  roles: { accountId: string; slug: string; role: Role }[];
}

/** Supplied by the part that knows people. */
export abstract class PrincipalSource {
  /** The signed-in person behind a session cookie's value, or null. */
  abstract find(sessionToken: string): Promise<Principal | null>;
}

/** The cookie that carries a session; `__Host-` needs https. */
export function sessionCookie(secure: boolean): string {
  return secure ? '__Host-baton' : 'baton';
}

/** What a person may be on an account. */
export function rolesOn(principal: Principal, slug: string): Role[] {
  return principal.roles.filter((held) => held.slug === slug).map((held) => held.role);
}
