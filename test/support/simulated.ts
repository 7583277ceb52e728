import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { ProfileAccess } from '../../src/credentials/profile-access.service.js';
import type { NetworkPost, Outcome } from '../../src/networks/network.js';
import { Networks, X_OPTIONS } from '../../src/networks/networks.service.js';
import type { XOptions } from '../../src/networks/x/line.network.js';
import { Files } from '../../src/platform/files.service.js';
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

/** Does the work while the service waits 3 seconds for the network instead of 15, so that a silence is over sooner. */
export async function impatiently<T>({ app }: Service, work: () => Promise<T>): Promise<T> {
  const options = app.get<XOptions>(X_OPTIONS);
  const { timeoutMs } = options;
  options.timeoutMs = 3_000;
  try {
    return await work();
  } finally {
    options.timeoutMs = timeoutMs;
  }
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

/** What the network shows of an account itself. */
export async function profileOf({ simulatorUrl }: Service, handle: string) {
  const answer = await fetch(`${simulatorUrl}/simulator/users.json`);
  const users = (await answer.json()) as { handle: string; name: string; bio: string; picture: string | null }[];
  const user = users.find((each) => each.handle === handle);
  if (!user) throw new Error(`The simulator has no ${handle}`);
  return { name: user.name, bio: user.bio, picture: user.picture };
}

/** Lets Baton set the profile of an account by the keys of OAuth 1.0a; its house has a red picture. */
export async function switchProfileOn(service: Service, { id, handle }: Account): Promise<void> {
  await send(service.simulatorUrl, 'users', { handle, name: 'Before', bio: 'Before' });
  const given = { handle, consumerSecret: 'baton-consumer' };
  const keys = (await send(service.simulatorUrl, 'tokens', given)) as { accessToken: string; accessSecret: string };
  const red = { create: { width: 500, height: 300, channels: 3, background: '#ff0000' } } as const;
  const file = await service.app.get(Files).keep(await sharp(red).png().toBuffer());
  await service.db.write(async (tx) => {
    const access = service.app.get(ProfileAccess);
    await access.put(tx, id, { token: keys.accessToken, secret: keys.accessSecret }, id);
    await access.keepPicture(tx, id, file);
  });
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
