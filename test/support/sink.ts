import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SinkCall {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real server that takes webhooks. */
export interface Sink {
  url: string;
  calls: SinkCall[];
  /** How many connections were made to it. */
  connections: number;
  /** How the next calls are answered, one after the other; then with 200 again. `hang` never answers. */
  answer(...answers: ({ status: number; headers?: Record<string, string> } | 'hang')[]): void;
  stop(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const calls: SinkCall[] = [];
  const answers: ({ status: number; headers?: Record<string, string> } | 'hang')[] = [];
  const server = createServer(async (request, response) => {
    calls.push({ path: request.url ?? '', headers: request.headers, body: await bodyOf(request) });
    give(response, answers.shift() ?? { status: 200 });
  });
  server.on('connection', () => {
    sink.connections += 1;
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const sink: Sink = {
    connections: 0,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (...given) => void answers.push(...given),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
  return sink;
}

function give(response: ServerResponse, answer: { status: number; headers?: Record<string, string> } | 'hang'): void {
  if (answer === 'hang') return;
  response.writeHead(answer.status, answer.headers).end('x'.repeat(100_000));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
