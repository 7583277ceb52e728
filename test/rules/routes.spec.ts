import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Access } from '../../src/web/allow.js';
import { type Service, startService } from '../support/service.js';

interface Route {
  name: string;
  method: RequestMethod;
  path: string;
  access: Access | undefined;
}

let service: Service;
let routes: Route[];
let controllers: string[];

beforeAll(async () => {
  service = await startService();
  const found = service.app.get(DiscoveryService, { strict: false }).getControllers();
  controllers = found.map(({ name }) => name);
  routes = found.flatMap(({ instance }) => routesOf(instance));
});
afterAll(() => service.stop());

describe('every route', () => {
  it('was seen, of every controller in the sources', () => {
    const written = controllerFiles().flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^export class (\w+Controller)\b/gm)].map((match) => match[1]),
    );
    expect(controllers.toSorted()).toEqual(expect.arrayContaining(written.toSorted()));
    expect(routes.length).toBeGreaterThan(50);
  });

  it('says who may use it', () => {
    expect(routes.filter(({ access }) => access === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('that wants a role has the account in its address', () => {
    const without = routes.filter(({ access, path }) => Array.isArray(access) && !path.includes(':account'));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('is a GET or a POST, for the guard asks for a form token on POST alone', () => {
    const others = routes.filter(({ method }) => method !== RequestMethod.GET && method !== RequestMethod.POST);
    expect(others.map(({ name }) => name)).toEqual([]);
  });
});

describe('every form', () => {
  it('is refused without its token when anyone may send it', async () => {
    const open = routes.filter(({ method, access }) => method === RequestMethod.POST && access === 'public');
    expect(open.length).toBeGreaterThan(3);
    expect(await answersTo(open)).toEqual(open.map(({ name }) => `${name} 403`));
  });

  it('of a signed-in page does nothing for a stranger', async () => {
    const closed = routes.filter(({ method, access }) => method === RequestMethod.POST && access !== 'public');
    expect(closed.length).toBeGreaterThan(10);
    expect(await answersTo(closed)).toEqual(closed.map(({ name }) => `${name} 401`));
  });
});

function routesOf(instance: object): Route[] {
  const type = instance.constructor as new () => object;
  const prefix = String(Reflect.getMetadata(PATH_METADATA, type) ?? '');
  return new MetadataScanner().getAllMethodNames(type.prototype).flatMap((name) => {
    const handler = (type.prototype as Record<string, () => unknown>)[name] as () => unknown;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const access = new Reflector().getAllAndOverride<Access | undefined>(ACCESS, [handler, type]);
    const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
    return paths.map((path) => ({ name: `${type.name}.${name}`, method, path: joined(prefix, path), access }));
  });
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}

/** Sends an empty form from nowhere to each; parameters are filled with words that name nothing. */
function answersTo(asked: Route[]): Promise<string[]> {
  return Promise.all(
    asked.map(async ({ name, path }) => {
      const url = `${service.url}${path.replace(/:\w+/g, 'nothing')}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { status } = await fetch(url, { method: 'POST', headers, body: '', redirect: 'manual' });
      return `${name} ${status}`;
    }),
  );
}

function controllerFiles(): string[] {
  const names = readdirSync(resolve('src'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.controller.ts')).map((name) => join(resolve('src'), name));
}
