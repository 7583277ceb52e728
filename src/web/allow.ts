import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { NotAllowed } from '../platform/errors.js';
import type { Principal, Role } from './principal.js';

export const ACCESS = 'baton:access';

/** Who may use a route: anyone; any signed-in person; anyone with a role anywhere; holders of a role on `:account`. */
export type Access = 'public' | 'person' | 'team' | Role[];

/** Anyone may use this route. */
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);

/** Any signed-in person (`person`), anybody on any team (`team`), or holders of one of the roles on the `:account` of the address. */
export const Allow = (...who: ['person'] | ['team'] | [Role, ...Role[]]) =>
  SetMetadata(ACCESS, who[0] === 'person' || who[0] === 'team' ? who[0] : who);

/** The signed-in person; only on routes that are not public. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<{ principal?: Principal }>();
  if (!principal) throw new NotAllowed('Sign in first.');
  return principal;
});
