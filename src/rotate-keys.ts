/**
 * `npm run keys:rotate`: wraps everything that an earlier key sealed by the key in use, while Baton runs. With `--check`
 * it only counts. Ends with 0 when nothing needs an earlier key any more, else with 2.
 */
import { RUNTIME, type Runtime } from '../config/runtime.js';
import { runCommand, say } from './command.js';
import { KeyRotation } from './operations/key-rotation.service.js';

await runCommand(async (app) => {
  const rotation = app.get(KeyRotation);
  const { version } = app.get<Runtime>(RUNTIME).secrets.encryption;
  if (!process.argv.includes('--check')) {
    const { rewrapped, stuck } = await rotation.rotate(say);
    say(`Wrapped anew by key ${version}: ${rewrapped}`);
    for (const value of stuck) say(`No key here opens ${value}`);
  }
  const others = (await rotation.inUse()).filter((each) => each.version !== version);
  for (const { version: other, values } of others) say(`Still wrapped by key ${other}: ${values}`);
  const done = `Everything is wrapped by key ${version}. Earlier keys may be taken away.`;
  say(others.length > 0 ? 'Keep the earlier keys.' : done);
  return others.length > 0 ? 2 : 0;
});
