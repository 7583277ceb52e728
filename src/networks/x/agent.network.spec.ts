import { once } from 'node:events';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { hadConnection, XAgent } from './agent.network.js';

/** A request to a port of this machine over TLS, until it fails. */
async function failedRequest(port: number) {
  const sent = request({ agent: new XAgent(), host: '127.0.0.1', port, path: '/', signal: AbortSignal.timeout(300) });
  sent.end();
  await new Promise((resolve) => sent.on('error', () => {}).on('close', resolve));
  return sent;
}

describe('the agent for X', () => {
  it('knows a connection that was made and then failed', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(hadConnection((await failedRequest(port)).socket)).toBe(true);
    server.close();
  });

  it('knows a connection that was never made', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(hadConnection((await failedRequest(port)).socket)).toBe(false);
  });
});
