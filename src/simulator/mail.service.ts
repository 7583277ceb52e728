import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { nameOf, takeFault } from './faulty.service.js';
import { linksIn } from './links.js';
import type { Fault, Mail } from './rows.js';
import type { World } from './world.service.js';

const LARGEST = 20 * 1024 * 1024;

/** A mail server that keeps every letter for the mailbox page, and delivers none. */
export async function startMailServer(world: World, host: string, port: number) {
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideSTARTTLS: true,
    size: LARGEST,
    closeTimeout: 500,
    onData: (stream, session, done) => {
      receive(world, server, stream, session).then((refusal) => done(refusal), done);
    },
  });
  server.on('error', () => {});
  server.listen(port, host);
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise<void>((stopped) => server.close(() => stopped())),
  };
}

async function receive(
  world: World,
  server: SMTPServer,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<Error | null> {
  const letter = await simpleParser(stream);
  const fault = takeFault(world, 'mail');
  const refusal = refusalOf(fault);
  const hangsUp = fault?.kind === 'mail-reset';
  if (!refusal && !hangsUp) world.write([{ put: 'mails', row: mailFrom(world, letter, session) }]);
  world.log({
    at: world.now().toISOString(),
    endpoint: 'mail',
    method: 'DATA',
    path: session.envelope.rcptTo.map(({ address }) => address).join(' '),
    handle: null,
    status: refusal?.responseCode ?? (hangsUp ? null : 250),
    fault: nameOf(fault),
    applied: !refusal && !hangsUp,
  });
  if (hangsUp || fault?.kind === 'mail-applied-reset') hangUp(server, session);
  return refusal;
}

function refusalOf(fault: Fault | null): (Error & { responseCode: number }) | null {
  const texts: Partial<Record<string, [number, string]>> = {
    'mail-451': [451, '4.3.0 Try again later'],
    'mail-550': [550, '5.1.1 No such mailbox'],
  };
  const [responseCode, text] = texts[fault?.kind ?? ''] ?? [];
  return responseCode ? Object.assign(new Error(text), { responseCode }) : null;
}

/** smtp-server offers no way to drop one connection; its list of them is typed as a set of unknowns. */
function hangUp(server: SMTPServer, session: SMTPServerSession): void {
  const connections = (server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> })
    .connections;
  for (const connection of connections) if (connection.id === session.id) connection._socket.destroy();
}

function mailFrom(world: World, letter: ParsedMail, session: SMTPServerSession): Mail {
  const text = letter.text ?? '';
  const html = letter.html || '';
  const to = textOf(letter.to) || session.envelope.rcptTo.map(({ address }) => address).join(', ');
  return {
    id: world.newId(),
    to,
    from: textOf(letter.from),
    subject: letter.subject ?? '',
    at: world.now().toISOString(),
    text,
    html,
    links: linksIn(text, html),
    headers: Object.fromEntries(
      letter.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
  };
}

function textOf(addresses: AddressObject | AddressObject[] | undefined): string {
  return [addresses ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
}
