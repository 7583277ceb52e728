import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Access } from '../../src/web/allow.js';
import type { Service } from './service.js';

/** An address that the service answers at, as its controller writes it, e.g. `/team/:account/feed`. */
export interface Route {
  /** `Controller.method` */
  name: string;
  method: RequestMethod;
  path: string;
  access: Access | undefined;
}

/** Every controller of a service by name, and every route that they have. */
export function routesOf({ app }: Service): { controllers: string[]; routes: Route[] } {
  const found = app.get(DiscoveryService, { strict: false }).getControllers();
  return { controllers: found.map(({ name }) => name), routes: found.flatMap(({ instance }) => routesIn(instance)) };
}

function routesIn(instance: object): Route[] {
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
