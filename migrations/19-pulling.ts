import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Pulling1790000000019 implements MigrationInterface {
  name = 'Pulling1790000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE network_costs (
        account_id uuid NOT NULL CONSTRAINT network_costs_account REFERENCES accounts (id),
        day date NOT NULL,
        purpose text NOT NULL,
        kind text NOT NULL,
        items integer NOT NULL,
        micro_dollars bigint NOT NULL,
        CONSTRAINT network_costs_pk PRIMARY KEY (account_id, day, purpose, kind)
      );

      CREATE TABLE network_charges (
        account_id uuid NOT NULL CONSTRAINT network_charges_account REFERENCES accounts (id),
        day date NOT NULL,
        kind text NOT NULL,
        item text NOT NULL,
        CONSTRAINT network_charges_pk PRIMARY KEY (account_id, day, kind, item)
      );

      ALTER TABLE feeds
        ADD COLUMN reposts boolean NOT NULL DEFAULT false,
        ADD COLUMN recheck_budget integer NOT NULL DEFAULT 50000 CONSTRAINT feeds_recheck_budget CHECK (recheck_budget >= 0),
        ADD COLUMN recheck_at timestamptz;

      CREATE INDEX feed_posts_unchecked ON feed_posts (account_id, seen_at);

      CREATE TABLE feed_originals (
        account_id uuid NOT NULL CONSTRAINT feed_originals_account REFERENCES accounts (id),
        network_id text NOT NULL,
        post jsonb,
        missing text CONSTRAINT feed_originals_missing CHECK (missing IN ('gone', 'protected', 'unavailable')),
        seen_at timestamptz NOT NULL,
        CONSTRAINT feed_originals_pk PRIMARY KEY (account_id, network_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE feed_originals;
      DROP INDEX feed_posts_unchecked;
      ALTER TABLE feeds DROP COLUMN reposts, DROP COLUMN recheck_budget, DROP COLUMN recheck_at;
      DROP TABLE network_charges;
      DROP TABLE network_costs;
    `);
  }
}
