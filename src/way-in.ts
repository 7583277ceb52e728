/** `bin/way-in ADDRESS`: prints a link by which somebody of a team signs in once, for when no letter reaches them. */
import { runCommand, say } from './command.js';
import { WayIn } from './operations/way-in.service.js';

const address = process.argv[2] ?? '';

if (!address.includes('@')) {
  process.stderr.write('Say whose link it is to be: bin/way-in kim@example.org\n');
  process.exit(1);
}

await runCommand(async (app) => {
  say(await app.get(WayIn).make(address));
  say('It works once, for 15 minutes, and stands in the audit log. Whoever has it can act as this person.');
  return 0;
});
