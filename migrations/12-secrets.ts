import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Secrets1790000000012 implements MigrationInterface {
  name = 'Secrets1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts DROP CONSTRAINT accounts_hand_over;
      ALTER TABLE accounts ADD CONSTRAINT accounts_hand_over
        CHECK (hand_over_by IN ('desk', 'delegate', 'checklist', 'sealed'));

      CREATE TABLE policy_acceptances (
        account_id uuid NOT NULL CONSTRAINT policy_acceptances_account REFERENCES accounts (id),
        wording text NOT NULL,
        accepted_by uuid NOT NULL,
        accepted_at timestamptz NOT NULL,
        CONSTRAINT policy_acceptances_pk PRIMARY KEY (account_id, wording)
      );

      CREATE TABLE secrets (
        id uuid CONSTRAINT secrets_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT secrets_account REFERENCES accounts (id),
        kind text NOT NULL CONSTRAINT secrets_kind CHECK (kind IN ('password', 'totp')),
        version integer NOT NULL,
        state text NOT NULL CONSTRAINT secrets_state CHECK (state IN ('proposed', 'current', 'destroyed')),
        sealed bytea,
        made_at timestamptz NOT NULL,
        made_by uuid NOT NULL,
        generated boolean NOT NULL DEFAULT false,
        destroyed_at timestamptz,
        CONSTRAINT secrets_version UNIQUE (account_id, kind, version),
        CONSTRAINT secrets_destroyed CHECK ((state = 'destroyed') = (sealed IS NULL) AND (sealed IS NULL) = (destroyed_at IS NOT NULL))
      );
      CREATE UNIQUE INDEX secrets_one_of_each ON secrets (account_id, kind, state) WHERE state <> 'destroyed';

      CREATE TABLE reveals (
        id uuid CONSTRAINT reveals_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT reveals_account REFERENCES accounts (id),
        secret_id uuid NOT NULL CONSTRAINT reveals_secret REFERENCES secrets (id),
        stint_id uuid NOT NULL,
        person_id uuid NOT NULL,
        state text NOT NULL DEFAULT 'sealed' CONSTRAINT reveals_state CHECK (state IN ('sealed', 'revealed', 'burned')),
        revealed_at timestamptz,
        burned_at timestamptz,
        rotated_at timestamptz,
        overridden_at timestamptz,
        overridden_by uuid,
        CONSTRAINT reveals_once UNIQUE (stint_id, secret_id),
        CONSTRAINT reveals_facts CHECK ((state = 'revealed') = (revealed_at IS NOT NULL) AND (state = 'burned') = (burned_at IS NOT NULL)
          AND (state = 'revealed' OR (rotated_at IS NULL AND overridden_at IS NULL)))
      );
      CREATE INDEX reveals_unrotated ON reveals (account_id) WHERE state = 'revealed' AND rotated_at IS NULL;

      CREATE TABLE rate_limits (
        key text CONSTRAINT rate_limits_pk PRIMARY KEY,
        points integer NOT NULL,
        expire bigint
      );
      CREATE INDEX rate_limits_expire ON rate_limits (expire);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE rate_limits;
      DROP TABLE reveals;
      DROP TABLE secrets;
      DROP TABLE policy_acceptances;
      UPDATE accounts SET hand_over_by = 'checklist' WHERE hand_over_by = 'sealed';
      ALTER TABLE accounts DROP CONSTRAINT accounts_hand_over;
      ALTER TABLE accounts ADD CONSTRAINT accounts_hand_over CHECK (hand_over_by IN ('desk', 'delegate', 'checklist'));
    `);
  }
}
