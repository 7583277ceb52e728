import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { addressKey, type LimitName } from './limits.js';
import { Limits } from './limits.service.js';
import { PrincipalSource, sessionCookie } from './principal.js';

const LIMIT = 'baton:limit';

/** How often this route may be asked for, by each person, or by each address and all strangers together. */
export const Limited = (name: LimitName) => SetMetadata(LIMIT, name);

/** Counts the askings of routes that are `@Limited`, before anything else is done for them. */
@Injectable()
export class LimitsGuard implements CanActivate {
  private readonly cookie: string;

  constructor(
    private readonly reflector: Reflector,
    private readonly limits: Limits,
    private readonly principals: PrincipalSource,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.cookie = sessionCookie(runtime.publicUrl.startsWith('https:'));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const name = this.reflector.get<LimitName | undefined>(LIMIT, context.getHandler());
    if (!name) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const session = request.cookies[this.cookie];
    const principal = session ? await this.principals.find(session) : null;
    if (principal) {
      await this.limits.spend(name, principal.personId);
      return true;
    }
    await this.limits.spend(name, addressKey(request.ip));
    await this.limits.stranger();
    return true;
  }
}
