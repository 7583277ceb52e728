import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How an answer comes over the wire. */
export interface Lie {
  status: number;
  type: string;
  body: string;
  /** Bytes after which the line breaks; null for none. */
  breaks: number | null;
}

/** Stands between the service and the simulator: it answers some paths itself, and lets all others through. */
export class Liar {
  private readonly server: Server;
  private target = '';
  /** What the next calls of these paths get. */
  lies: { path: RegExp; lie: Lie }[] = [];

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async before(target: string): Promise<string> {
    this.target = target;
    await new Promise<void>((ready) => this.server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((gone) => this.server.close(gone));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = this.lies.find(({ path }) => path.test(request.url ?? ''));
    if (found) return tell(response, found.lie);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const there = await fetch(`${this.target}${request.url}`, {
      method: request.method,
      headers: headers as Record<string, string>,
      body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
      redirect: 'manual',
    });
    response.writeHead(there.status, Object.fromEntries(there.headers));
    response.end(Buffer.from(await there.arrayBuffer()));
  }
}

function tell(response: ServerResponse, { status, type, body, breaks }: Lie): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, location: '/elsewhere' });
  if (breaks === null) return void response.end(bytes);
  response.write(bytes.subarray(0, breaks), () => response.destroy());
}
