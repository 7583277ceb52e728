import { Accounts } from '../../src/credentials/accounts.service.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import type { NetworkPost, Outcome } from '../../src/networks/network.js';
import { Networks } from '../../src/networks/networks.service.js';
import type { EndpointName } from '../../src/simulator/endpoint.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import type { Service } from './service.js';

interface Given {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
  user_id: string;
}

/** Connects an account to the simulated one of its handle, which is made if there is none. */
export async function connectSimulated({ db, app, simulatorUrl }: Service, accountId: string): Promise<void> {
  const { handle } = await app.get(Accounts).byId(accountId);
  await send(simulatorUrl, 'users', { handle });
  const given = (await send(simulatorUrl, 'tokens', { handle })) as Given;
  await db.write(async (tx) => {
    await app.get(NetworkTokens).store(tx, accountId, {
      accessToken: given.access_token,
      refreshToken: given.refresh_token,
      expiresInSeconds: given.expires_in,
      scopes: given.scope.split(' '),
    });
    await tx.query('UPDATE accounts SET network_user_id = $2 WHERE id = $1', [accountId, given.user_id]);
  });
}

/** What the network shows of an account, newest first. */
export async function timeline({ app }: Service, accountId: string): Promise<NetworkPost[]> {
  const { network, networkUserId } = await app.get(Accounts).byId(accountId);
  const read = await app.get(NetworkTokens).use(accountId, (access) =>
    app
      .get(Networks)
      .for(network)
      .posts(access, networkUserId ?? '', { limit: 100 }),
  );
  return answerOf(read).posts;
}

/** Makes the next call of an endpoint go wrong; `amount` is the milliseconds of a slow answer. */
export async function failNext(
  service: Service,
  endpoint: EndpointName,
  kind: FaultKind,
  amount: number | null = null,
): Promise<void> {
  await send(service.simulatorUrl, 'faults', { endpoint, kind, amount });
}

/** Lets timelines show each post only some time after it was made: up to so many milliseconds. */
export async function lag({ simulatorUrl }: Service, upTo: number): Promise<void> {
  await send(simulatorUrl, 'lag', { upTo });
}

/** Whether a call has met the fault that was set for it: it has reached the network. */
export async function metFault({ simulatorUrl }: Service): Promise<boolean> {
  const left = await fetch(`${simulatorUrl}/simulator/faults`);
  return ((await left.json()) as unknown[]).length === 0;
}

async function send(simulatorUrl: string, what: string, body: object): Promise<unknown> {
  const answer = await fetch(`${simulatorUrl}/simulator/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The simulator answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

function answerOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}
