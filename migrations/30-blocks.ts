import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Blocks1790000000030 implements MigrationInterface {
  name = 'Blocks1790000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE blocks (
        id uuid CONSTRAINT blocks_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT blocks_account REFERENCES accounts (id),
        handle text NOT NULL,
        handle_key text NOT NULL,
        kind text NOT NULL CONSTRAINT blocks_kind CHECK (kind IN ('blocked', 'muted')),
        reason text NOT NULL CONSTRAINT blocks_reason CHECK (reason IN ('abuse', 'spam', 'impersonation', 'privacy', 'other')),
        note text NOT NULL,
        link text,
        stint_id uuid CONSTRAINT blocks_stint REFERENCES stints (id),
        made_by uuid NOT NULL CONSTRAINT blocks_maker REFERENCES persons (id),
        made_at timestamptz NOT NULL,
        kept_by uuid CONSTRAINT blocks_keeper REFERENCES persons (id),
        kept_at timestamptz,
        kept_because text,
        ended_by uuid CONSTRAINT blocks_ender REFERENCES persons (id),
        ended_at timestamptz
      );
      CREATE UNIQUE INDEX blocks_one ON blocks (account_id, handle_key) WHERE ended_at IS NULL;
      CREATE INDEX blocks_made ON blocks (account_id, made_at DESC);
      CREATE INDEX blocks_stint ON blocks (stint_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE blocks');
  }
}
