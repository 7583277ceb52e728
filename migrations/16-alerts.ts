import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Alerts1790000000016 implements MigrationInterface {
  name = 'Alerts1790000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages DROP CONSTRAINT messages_channel,
        ADD CONSTRAINT messages_channel CHECK (channel IN ('letter', 'post', 'webhook'));
      CREATE INDEX messages_refused ON messages (account_id, settled_at) WHERE state = 'refused';
      CREATE INDEX boundaries_late ON boundaries (started_at) WHERE lateness_ms > 600000;
      CREATE INDEX feed_posts_of_stint ON feed_posts (stint_id, posted_at) WHERE stint_id IS NOT NULL;

      CREATE TABLE webhooks (
        id uuid CONSTRAINT webhooks_pk PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT webhooks_account REFERENCES accounts (id),
        shape text NOT NULL CONSTRAINT webhooks_shape CHECK (shape IN ('slack', 'teams', 'json')),
        address bytea NOT NULL,
        signing_key bytea,
        shown text NOT NULL,
        made_at timestamptz NOT NULL,
        made_by uuid NOT NULL CONSTRAINT webhooks_person REFERENCES persons (id),
        off_at timestamptz,
        CONSTRAINT webhooks_signed CHECK ((shape = 'json') = (signing_key IS NOT NULL))
      );
      CREATE INDEX webhooks_of_account ON webhooks (account_id);

      CREATE TABLE alert_choices (
        account_id uuid CONSTRAINT alert_choices_pk PRIMARY KEY
          CONSTRAINT alert_choices_account REFERENCES accounts (id),
        roles text[] NOT NULL,
        silent text[] NOT NULL
      );

      CREATE TABLE alerts (
        id uuid CONSTRAINT alerts_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT alerts_account REFERENCES accounts (id),
        key text NOT NULL,
        kind text NOT NULL,
        facts jsonb NOT NULL,
        told integer NOT NULL DEFAULT 1,
        opened_at timestamptz NOT NULL,
        remind_at timestamptz,
        closed_at timestamptz
      );
      CREATE UNIQUE INDEX alerts_open ON alerts (key) WHERE closed_at IS NULL;
      CREATE INDEX alerts_of_key ON alerts (key);
      CREATE INDEX alerts_of_account ON alerts (account_id, opened_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE alerts;
      DROP TABLE alert_choices;
      DROP TABLE webhooks;
      DROP INDEX feed_posts_of_stint;
      DROP INDEX boundaries_late;
      DROP INDEX messages_refused;
      DELETE FROM messages WHERE channel = 'webhook';
      ALTER TABLE messages DROP CONSTRAINT messages_channel,
        ADD CONSTRAINT messages_channel CHECK (channel IN ('letter', 'post'));
    `);
  }
}
