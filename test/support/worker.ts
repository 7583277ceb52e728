import 'reflect-metadata';
import type { Runtime } from '../../config/runtime.js';
import { createApp } from '../../src/app.js';

// A worker in a process of its own, for tests that kill it. Its one argument is the Runtime of the test's service.
const runtime = JSON.parse(process.argv[2] ?? '', (name, value) =>
  name === 'key' ? Buffer.from(value.data) : value,
) as Runtime;
await createApp({ ...runtime, env: { ...runtime.env, RUN: ['worker'] } });
process.stdout.write('ready\n');
