import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { type Route, routesOf } from '../support/routes.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let routes: Route[];
let controllers: string[];

beforeAll(async () => {
  service = await startService();
  ({ controllers, routes } = routesOf(service));
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
