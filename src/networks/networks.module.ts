import { Global, Module } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Networks, X_OPTIONS } from './networks.service.js';
import type { XOptions } from './x/line.network.js';

const TIMEOUT_MS = 15_000;

/** The app that the simulator knows from the start; X itself needs the owner's own. */
const SIMULATED_APP = {
  clientId: 'baton',
  clientSecret: 'baton-secret',
  consumerKey: 'baton',
  consumerSecret: 'baton-consumer',
};

@Global()
@Module({
  providers: [{ provide: X_OPTIONS, inject: [RUNTIME], useFactory: xOptions }, Networks],
  exports: [Networks],
})
export class NetworksModule {}

function xOptions({ env, simulatorUrl, publicUrl }: Runtime): XOptions {
  const simulated = env.NETWORK === 'simulator' ? SIMULATED_APP : null;
  const [key, secret] = [
    env.X_CONSUMER_KEY ?? simulated?.consumerKey,
    env.X_CONSUMER_SECRET ?? simulated?.consumerSecret,
  ];
  return {
    consumer: key && secret ? { key, secret } : null,
    clientId: env.X_CLIENT_ID ?? SIMULATED_APP.clientId,
    clientSecret: env.X_CLIENT_SECRET ?? SIMULATED_APP.clientSecret,
    simulatorUrl,
    // The service shows the simulator's pages from its own origin.
    publicSimulatorUrl: publicUrl === '' ? null : `${publicUrl}/simulator`,
    timeoutMs: TIMEOUT_MS,
  };
}
