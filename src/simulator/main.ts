import { serviceClock } from './clock.service.js';
import { simulatorOptions } from './options.js';
import { startSimulator } from './simulator.js';

async function main(): Promise<void> {
  const { databaseUrl, ...options } = simulatorOptions(process.env);
  const clock = await serviceClock(databaseUrl);
  const simulator = await startSimulator({ ...options, now: clock.now });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await Promise.all([simulator.stop(), clock.stop()]);
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  // Ctrl-C reaches a child too; its parent stops it in good order.
  process.on('SIGINT', process.send ? () => {} : stop);
  const ready = { ready: true, port: simulator.port, smtpPort: simulator.smtpPort };
  if (process.send) {
    process.on('disconnect', stop);
    process.send(ready);
  } else {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`The simulator cannot start: ${error.message}\n`);
  process.exit(1);
});
