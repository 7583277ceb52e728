import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';

/**
 * Takes twitter-api-v2 to a simulator. The library has no setting for its base address and always speaks HTTPS to
 * api.x.com; this agent answers for `https:` but dials the simulator in plain text, so that addresses, Host header and
 * bodies stay exactly those that X would get.
 */
export class SimulatorAgent extends Agent {
  /** Node compares this with the request's own protocol before it uses an agent. */
  protocol = 'https:';
  private readonly host: string;
  private readonly port: number;

  /** `url` is plain http with a port, as in http://127.0.0.1:4000. */
  constructor(url: string) {
    super({ keepAlive: false });
    const { hostname, port } = new URL(url);
    this.host = hostname.replace(/^\[|\]$/g, '');
    this.port = Number(port || 80);
  }

  override createConnection(): Socket {
    return connect({ host: this.host, port: this.port });
  }
}
