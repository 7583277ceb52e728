import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import nunjucks from 'nunjucks';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Assets } from './assets.service.js';
import { type Principal, PrincipalSource, sessionCookie } from './principal.js';

/** Renders pages by nunjucks with the NHS design system; everything is escaped unless a template says otherwise. */
@Injectable()
export class Views {
  private readonly engine: nunjucks.Environment;
  /** How a policy names the one inline script, which is the design system's. */
  private readonly inlineScript: string;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly assets: Assets,
    private readonly principals: PrincipalSource,
  ) {
    const folders = [join(runtime.root, 'src'), join(runtime.root, 'node_modules/nhsuk-frontend/dist')];
    const loader = new nunjucks.FileSystemLoader(folders, { noCache: false });
    this.engine = new nunjucks.Environment(loader, { autoescape: true, throwOnUndefined: false });
    this.engine.addGlobal('asset', (name: string) => this.assets.href(name));
    this.engine.addGlobal('brand', { name: runtime.env.BRAND_NAME, logo: assets.logo });
    this.engine.addGlobal('brandColour', runtime.env.BRAND_COLOUR);
    this.engine.addGlobal('demonstration', runtime.demonstration);
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(this.render('nhsuk/template.njk', {})) ?? [];
    this.inlineScript = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  }

  /** A whole page as an answer to a request. A form's token (and its cookie) is made only when a template asks. */
  async page(template: string, data: object, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const principal = await this.principal(request);
    let token: string | undefined;
    return this.render(template, {
      cspNonce: (reply as FastifyReply & { nonce?: string }).nonce,
      // One token for all forms of a page: on a first visit each further one would come with another secret.
      csrf: () => {
        token ??= reply.generateCsrf();
        return token;
      },
      path: request.url.split('?')[0],
      principal,
      ...data,
    });
  }

  /** A whole page as everybody gets it who is not signed in, so that nothing in it is for one answer alone. */
  sharedPage(template: string, data: object, request: FastifyRequest, reply: FastifyReply): string {
    const policy = String(reply.getHeader('content-security-policy'));
    reply.header('content-security-policy', policy.replace(/'nonce-[^']*'/, this.inlineScript));
    return this.render(template, { path: request.url.split('?')[0], ...data });
  }

  async isSignedIn(request: FastifyRequest): Promise<boolean> {
    return (await this.principal(request)) !== null;
  }

  /** A template with its data, e.g. a letter or a fragment. */
  render(template: string, data: object): string {
    return this.engine.render(template, data);
  }

  private async principal(request: FastifyRequest & { principal?: Principal }): Promise<Principal | null> {
    if (request.principal) return request.principal;
    const token = request.cookies?.[sessionCookie(this.runtime.publicUrl.startsWith('https:'))];
    return token ? this.principals.find(token).catch(() => null) : null;
  }
}
