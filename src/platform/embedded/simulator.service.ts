import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A simulator that runs beside the service and ends with it. */
export interface EmbeddedSimulator {
  url: string;
  smtpUrl: string;
  pid: number;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../simulator/main.js', import.meta.url));

/** Starts the simulator as a child process; it exits by itself when this process is gone. */
export async function startEmbeddedSimulator(databaseUrl: string, dataFolder: string): Promise<EmbeddedSimulator> {
  const child = fork(PROGRAM, [], {
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: '',
      SIMULATOR_PORT: '0',
      SIMULATOR_SMTP_PORT: '0',
      SIMULATOR_DATA: join(dataFolder, 'simulator'),
      SIMULATOR_DATABASE_URL: databaseUrl,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { port, smtpPort } = await ready(child);
  return {
    url: `http://127.0.0.1:${port}`,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    pid: child.pid ?? 0,
    stop: () => stop(child),
  };
}

function ready(child: ChildProcess): Promise<{ port: number; smtpPort: number }> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number; smtpPort: number }));
    child.once('exit', (code) => reject(new Error(`The simulator ended while starting (exit code ${code})`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
