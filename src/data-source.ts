import { runMigrations } from 'bullmq';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { settings } from '../config/settings.js';
import { Platform1790000000001 } from '../migrations/01-platform.js';
import { Audit1790000000002 } from '../migrations/02-audit.js';
import { Credentials1790000000003 } from '../migrations/03-credentials.js';
import { Messages1790000000004 } from '../migrations/04-messages.js';
import { People1790000000005 } from '../migrations/05-people.js';
import { Applications1790000000006 } from '../migrations/06-applications.js';
import { Rota1790000000007 } from '../migrations/07-rota.js';
import { Handover1790000000008 } from '../migrations/08-handover.js';
import { Desk1790000000009 } from '../migrations/09-desk.js';
import { Feed1790000000010 } from '../migrations/10-feed.js';
import { Secrets1790000000012 } from '../migrations/12-secrets.js';
import { BadDay1790000000013 } from '../migrations/13-bad-day.js';
import { Checklists1790000000014 } from '../migrations/14-checklists.js';
import { Control1790000000015 } from '../migrations/15-control.js';
import { Alerts1790000000016 } from '../migrations/16-alerts.js';
import { Restoration1790000000018 } from '../migrations/18-restoration.js';
import { Pulling1790000000019 } from '../migrations/19-pulling.js';
import { Shown1790000000020 } from '../migrations/20-shown.js';
import { Connection1790000000021 } from '../migrations/21-connection.js';
import { Threads1790000000022 } from '../migrations/22-threads.js';
import { Imports1790000000024 } from '../migrations/24-imports.js';
import { DraftMedia1790000000025 } from '../migrations/25-draft-media.js';
import { DeskFlow1790000000026 } from '../migrations/26-desk-flow.js';
import { Mentions1790000000027 } from '../migrations/27-mentions.js';
import { Polls1790000000028 } from '../migrations/28-polls.js';
import { Insight1790000000029 } from '../migrations/29-insight.js';
import { Blocks1790000000030 } from '../migrations/30-blocks.js';
import { Looks1790000000031 } from '../migrations/31-looks.js';
import { Plans1790000000032 } from '../migrations/32-plans.js';
import { Standstills1790000000033 } from '../migrations/33-standstills.js';
import { Feedback1790000000034 } from '../migrations/34-feedback.js';
import { PlanKeepingClient } from './platform/client.service.js';
import { anchorClock } from './platform/clock.service.js';

const MIGRATION_LOCK = 7_214_001;

const migrations = [
  Platform1790000000001,
  Audit1790000000002,
  Credentials1790000000003,
  Messages1790000000004,
  People1790000000005,
  Applications1790000000006,
  Rota1790000000007,
  Handover1790000000008,
  Desk1790000000009,
  Feed1790000000010,
  Secrets1790000000012,
  BadDay1790000000013,
  Checklists1790000000014,
  Control1790000000015,
  Alerts1790000000016,
  Restoration1790000000018,
  Pulling1790000000019,
  Shown1790000000020,
  Connection1790000000021,
  Threads1790000000022,
  Imports1790000000024,
  DraftMedia1790000000025,
  DeskFlow1790000000026,
  Mentions1790000000027,
  Polls1790000000028,
  Insight1790000000029,
  Blocks1790000000030,
  Looks1790000000031,
  Plans1790000000032,
  Standstills1790000000033,
  Feedback1790000000034,
];

/**
 * How every process reaches PostgreSQL. A process that stands still in a transaction loses it with its locks when its
 * lease would end, so that another can go on.
 * Entities are found by Nest; the schema comes from migrations alone.
 */
export function dataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    migrations,
    installExtensions: false,
    poolSize: 12,
    connectTimeoutMS: 5000,
    extra: {
      keepAlive: true,
      idle_in_transaction_session_timeout: settings.lease,
      Client: PlanKeepingClient,
      pipeline: true,
    },
  };
}

/**
 * Brings a database to the newest schema, Baton's and the queue's; safe from many processes at once. The clock's
 * anchor is inserted the first time and kept ever after.
 */
export async function migrate(url: string, clock: { start: Date | null; speed: number }): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const source = await new DataSource(dataSourceOptions(url)).initialize();
    await source.runMigrations({ transaction: 'each' }).finally(() => source.destroy());
    await runMigrations(client);
    await anchorClock(client, clock.start, clock.speed);
  } finally {
    await client.end();
  }
}

/** Whether PostgreSQL takes a connection and answers. */
export async function isReachable(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
