/**
 * `bin/restored INSTANT` or `bin/restored nothing-lost`: run once after a database was restored from a backup, before
 * Baton starts on it. INSTANT is when the backup was begun, with its zone.
 */
import { runCommand, say } from './command.js';
import { Restoration } from './operations/restoration.service.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const said = process.argv[2] ?? '';

if (said !== 'nothing-lost' && !(INSTANT.test(said) && Date.parse(said))) {
  const how = 'Say when the backup was begun: bin/restored 2026-11-22T03:00:00Z, or: bin/restored nothing-lost';
  process.stderr.write(`${how}\n`);
  process.exit(1);
}

await runCommand(async (app) => {
  const restoration = app.get(Restoration);
  if (said === 'nothing-lost') {
    await restoration.nothingLost();
    say('Noted: this is the database from now on, and nothing is missing from it.');
    return 0;
  }
  const { accounts, letters, posts, handovers, passwords } = await restoration.settle(new Date(said));
  say(`Paused for everyone: ${accounts} accounts. Everybody is signed out.`);
  say(`Letters that may have left already, held for a person: ${letters}`);
  say(`Posts that may have been sent already, looked for on the network: ${posts}`);
  say(`Handovers that may have run already, whose letters and posts are not repeated: ${handovers}`);
  say(`Passwords that may have been shown already, to be changed on the network: ${passwords}`);
  say('Start Baton now; then look at each account, mend its rota, and lift its pause.');
  return 0;
});
