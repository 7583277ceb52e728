import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Sockets that had a connection at some time: only on these can anything have been sent. */
const connected = new WeakSet<object>();

/** Whether a request on this socket of one of these agents can have reached anybody. */
export function hadConnection(socket: Socket | null | undefined): boolean {
  return socket ? connected.has(socket) : false;
}

/** Takes twitter-api-v2 to X. A connection that was kept and has just been closed would leave a create unknown. */
export class XAgent extends SecureAgent {
  constructor() {
    super({ keepAlive: false });
  }

  override createConnection(...args: Parameters<SecureAgent['createConnection']>): Duplex | null | undefined {
    return watched(super.createConnection(...args));
  }
}

/**
 * Takes twitter-api-v2 to a simulator. The library has no setting for its base address and always speaks HTTPS to
 * api.x.com; this agent answers for `https:` but dials the simulator in plain text, so that addresses, Host header and
 * bodies stay exactly those that X would get.
 */
export class SimulatorAgent extends PlainAgent {
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

  override createConnection(): Duplex | null | undefined {
    return watched(connect({ host: this.host, port: this.port }));
  }
}

function watched(socket: Duplex | null | undefined): Duplex | null | undefined {
  if (socket instanceof Socket) socket.once('connect', () => connected.add(socket));
  return socket;
}
