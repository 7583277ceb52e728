import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { becomesTrue, lookAtProcess } from './child.service.js';
import { EmbeddedServiceError } from './embedded-service-error.js';
import { ownerIn } from './postgres-settings.js';

/** Returns once no server holds the data: one whose Baton was killed is on its way out, or is asked to go. PostgreSQL's
 *  own check refuses any live process with the id in `postmaster.pid`, so after a reboot a stranger's id would stop it.
 *  @throws EmbeddedServiceError when a living Baton owns it */
export async function waitForFormerServer(folder: string, data: string, log: (line: string) => void): Promise<void> {
  if (await becomesTrue(async () => !(await formerServer(data)), 1500)) return await forgetStranger(data);
  const former = await formerServer(data);
  if (former && former.owner === former.parent) {
    throw new EmbeddedServiceError(`Another Baton is using this folder (pid ${former.owner}): ${folder}`);
  }
  log(`Stopping the PostgreSQL server (pid ${former?.pid}) that an earlier Baton left behind in ${folder}`);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    await end(data, signal);
    if (await becomesTrue(async () => !(await formerServer(data)), 3000)) return await forgetStranger(data);
  }
  throw new EmbeddedServiceError(`A PostgreSQL server (pid ${former?.pid}) in ${folder} does not stop.`);
}

async function formerServer(data: string) {
  const pid = await writtenPid(data);
  const seen = pid === undefined ? undefined : lookAtProcess(pid);
  const owner = seen && ownerIn(seen.command, data);
  return pid === undefined || seen === undefined || owner === undefined
    ? undefined
    : { pid, owner, parent: seen.parent };
}

async function end(data: string, signal: NodeJS.Signals): Promise<void> {
  const former = await formerServer(data);
  try {
    if (former) process.kill(former.pid, signal);
  } catch {
    // It went between the look and the signal, or belongs to another user; the wait that follows tells.
  }
}

async function writtenPid(data: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => ''), 10);
  return pid > 0 ? pid : undefined;
}

/** PostgreSQL takes its own parent's id in the file for stale, and still checks the shared memory that the other lines
 *  name; deleting the file would take that check away. */
async function forgetStranger(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text !== '') await writeFile(file, text.replace(/^\d+/, String(process.pid)));
}
