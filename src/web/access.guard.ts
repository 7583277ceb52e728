import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { NotAllowed } from '../platform/errors.js';
import { ACCESS, type Access } from './allow.js';
import { type Principal, PrincipalSource, rolesOn, sessionCookie } from './principal.js';

type Asking = FastifyRequest<{ Params: { account?: string } }> & { principal?: Principal };

/** Thrown to send somebody to the sign-in page and back. */
export class SignInFirst extends Error {
  constructor(readonly next: string) {
    super('Sign in first');
  }
}

/** Nothing passes that does not say who may use it; every POST must carry the token of its form. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly cookie: string;

  constructor(
    private readonly reflector: Reflector,
    private readonly principals: PrincipalSource,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.cookie = sessionCookie(runtime.publicUrl.startsWith('https:'));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
    const request = context.switchToHttp().getRequest<Asking>();
    if (!access) throw new NotAllowed('This address does not say who may use it, so nobody may.');
    if (access !== 'public') await this.admit(request, access);
    if (request.method === 'POST') await checkForm(request, context.switchToHttp().getResponse<FastifyReply>());
    return true;
  }

  private async admit(request: Asking, access: Exclude<Access, 'public'>): Promise<void> {
    const token = request.cookies[this.cookie];
    const principal = token ? await this.principals.find(token) : null;
    if (!principal) throw new SignInFirst(request.method === 'GET' ? request.url : '/');
    request.principal = principal;
    if (access === 'person') return;
    const held = access === 'team' ? principal.roles : rolesOn(principal, request.params.account ?? '');
    const allowed = access === 'team' ? held.length > 0 : access.some((role) => (held as string[]).includes(role));
    if (!allowed) throw new NotAllowed(`Only people who are ${whoMay(access)} of this account may open this page.`);
  }
}

function whoMay(access: 'team' | string[]): string {
  return access === 'team' ? 'part of the team' : access.join(' or ');
}

function checkForm(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const site = request.headers['sec-fetch-site'];
  if (site && site !== 'same-origin' && site !== 'none') throw new NotAllowed('This form was sent from another site.');
  return new Promise((pass, fail) => {
    const refuse = {
      send: () => fail(new NotAllowed('This form has expired. Go back, reload the page and try again.')),
    };
    request.server.csrfProtection(request, Object.assign(Object.create(reply), refuse) as FastifyReply, () => pass());
  });
}
