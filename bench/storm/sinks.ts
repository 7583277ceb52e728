/**
 * What the storm's calls reach, in a process of its own: as much of X's API v2 as handovers and feeds ask for, and a mail
 * server that takes everything. Prints its two ports when it listens, and counts what arrived at `/counts`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createLine, type Server, type Socket } from 'node:net';

const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657n;

interface Post {
  id: string;
  text: string;
  created_at: string;
}

const timelines = new Map<string, Post[]>();
const letters = new Map<string, number>();
let made = 0n;

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const [status, content] = contentFor(request, body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

function contentFor(request: IncomingMessage, body: string): [status: number, content: object] {
  const url = request.url ?? '';
  const [, userId, what] = /^\/2\/users\/([^/]+)\/(tweets|mentions)/.exec(url) ?? [];
  if (url === '/counts') return [200, counts()];
  if (request.method === 'POST' && url === '/2/tweets') return [201, { data: create(request, body) }];
  if (userId) {
    const data = what === 'tweets' ? (timelines.get(userId) ?? []) : [];
    return [200, { ...(data.length > 0 ? { data } : {}), meta: { result_count: data.length } }];
  }
  return [404, { title: 'Not Found', status: 404 }];
}

/** The bearer token is `token-` and the account's id on the network. */
function create(request: IncomingMessage, body: string): Post {
  const userId = (request.headers.authorization ?? '').replace('Bearer token-', '');
  const now = Date.now();
  made += 1n;
  const id = String(((BigInt(now) - SNOWFLAKE_EPOCH_MS) << 22n) | (made & 0x3fffffn));
  const post = { id, text: String(JSON.parse(body).text), created_at: new Date(now).toISOString() };
  timelines.set(userId, [post, ...(timelines.get(userId) ?? [])]);
  return post;
}

/** How many there are, and how many of them came more than once. */
function counts() {
  const texts = [...timelines].flatMap(([userId, posts]) => posts.map(({ text }) => `${userId} ${text}`));
  const copies = [...letters.values()].reduce((sum, count) => sum + count - 1, 0);
  return { posts: texts.length, postCopies: texts.length - new Set(texts).size, letters: letters.size, copies };
}

/** Just enough of RFC 5321, with its answers to commands that were sent together. */
function takeMail(socket: Socket): void {
  let left = '';
  let inLetter = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const replies: Record<string, string> = { EHLO: '250-sink\r\n250 PIPELINING', HELO: '250 sink', DATA: '354 Go on' };
  const take = (line: string) => {
    const command = line.slice(0, 4).toUpperCase();
    say(command === 'QUIT' ? '221 Bye' : (replies[command] ?? '250 OK'));
    if (command === 'QUIT') socket.end();
    inLetter = command === 'DATA';
  };
  socket.setEncoding('utf8').on('data', (chunk) => {
    left += chunk;
    for (;;) {
      const mark = inLetter ? '\r\n.\r\n' : '\r\n';
      const end = left.indexOf(mark);
      if (end < 0) return;
      const part = left.slice(0, end);
      left = left.slice(end + mark.length);
      if (!inLetter) take(part);
      else {
        inLetter = false;
        say(`250 OK ${keep(part)}`);
      }
    }
  });
  socket.on('error', () => socket.destroy());
  say('220 sink');
}

function keep(letter: string): string {
  const [, id = ''] = /^message-id:\s*<([^@>]+)/im.exec(letter) ?? [];
  letters.set(id, (letters.get(id) ?? 0) + 1);
  return id;
}

const listening = (server: Server) =>
  new Promise<number>((ready) => server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port)));

const api = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => answer(request, response, body));
});
const mail = createLine({ noDelay: true }, takeMail);
process.stdout.write(`sinks ${await listening(api)} ${await listening(mail)}\n`);
