import { Inject, Injectable } from '@nestjs/common';
import type { Network, NetworkName } from './network.js';
import type { XOptions } from './x/line.network.js';
import { XNetwork } from './x/x.network.js';

/** The injection token for XOptions. */
export const X_OPTIONS = Symbol('x options');

/** Finds the network that an account speaks through. */
@Injectable()
export class Networks {
  private readonly networks: Record<NetworkName, Network>;

  constructor(@Inject(X_OPTIONS) options: XOptions) {
    this.networks = { x: new XNetwork(options) };
  }

  for(name: NetworkName): Network {
    return this.networks[name];
  }
}
