import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Connection1790000000021 implements MigrationInterface {
  name = 'Connection1790000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE network_tokens
        ADD COLUMN method text NOT NULL DEFAULT 'oauth2' CONSTRAINT network_tokens_method CHECK (method IN ('oauth2', 'oauth1')),
        ADD COLUMN access_secret bytea,
        ADD COLUMN user_id text,
        ADD COLUMN handle text,
        ADD COLUMN connected_by uuid,
        ADD COLUMN why text,
        ADD COLUMN refreshing_until timestamptz,
        ADD COLUMN unanswered_since timestamptz,
        ADD COLUMN refused_since timestamptz,
        ADD COLUMN good_at timestamptz,
        ALTER COLUMN expires_at DROP NOT NULL;

      CREATE TABLE connection_attempts (
        state_hash bytea CONSTRAINT connection_attempts_pk PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT connection_attempts_account REFERENCES accounts (id),
        session_id uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );

      CREATE TABLE network_limits (
        account_id uuid NOT NULL CONSTRAINT network_limits_account REFERENCES accounts (id),
        endpoint text NOT NULL,
        calls integer NOT NULL,
        remaining integer NOT NULL,
        resets_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        CONSTRAINT network_limits_pk PRIMARY KEY (account_id, endpoint)
      );

      CREATE TABLE network_budgets (
        account_id uuid CONSTRAINT network_budgets_pk PRIMARY KEY
          CONSTRAINT network_budgets_account REFERENCES accounts (id),
        daily_micro_dollars bigint CONSTRAINT network_budgets_daily CHECK (daily_micro_dollars > 0),
        out_since timestamptz,
        try_at timestamptz,
        detail text
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE network_budgets;
      DROP TABLE network_limits;
      DROP TABLE connection_attempts;
      UPDATE network_tokens SET expires_at = refreshed_at WHERE expires_at IS NULL;
      ALTER TABLE network_tokens
        DROP COLUMN method, DROP COLUMN access_secret, DROP COLUMN user_id, DROP COLUMN handle, DROP COLUMN connected_by,
        DROP COLUMN why, DROP COLUMN refreshing_until, DROP COLUMN unanswered_since, DROP COLUMN refused_since,
        DROP COLUMN good_at, ALTER COLUMN expires_at SET NOT NULL;
    `);
  }
}
