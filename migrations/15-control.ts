import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Control1790000000015 implements MigrationInterface {
  name = 'Control1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE delegations ADD COLUMN overridden_at timestamptz, ADD COLUMN overridden_by uuid;

      ALTER TABLE steps ADD COLUMN overridden_at timestamptz, ADD COLUMN calls boolean NOT NULL DEFAULT false;
      CREATE INDEX steps_calls ON steps (next_attempt_at) WHERE calls AND state <> 'done';

      CREATE TABLE profile_changes (
        boundary_id uuid NOT NULL,
        step text NOT NULL,
        part text NOT NULL CONSTRAINT profile_changes_part CHECK (part IN ('name', 'bio', 'picture')),
        settled_at timestamptz,
        failed boolean NOT NULL DEFAULT false,
        outcome text,
        CONSTRAINT profile_changes_pk PRIMARY KEY (boundary_id, step, part),
        CONSTRAINT profile_changes_step FOREIGN KEY (boundary_id, step) REFERENCES steps (boundary_id, name)
      );

      CREATE TABLE account_profiles (
        account_id uuid CONSTRAINT account_profiles_pk PRIMARY KEY
          CONSTRAINT account_profiles_account REFERENCES accounts (id),
        access_token bytea,
        access_secret bytea,
        house_picture text,
        put_in_at timestamptz,
        put_in_by uuid,
        CONSTRAINT account_profiles_keys CHECK ((access_token IS NULL) = (access_secret IS NULL))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE account_profiles;
      DROP TABLE profile_changes;
      DROP INDEX steps_calls;
      ALTER TABLE steps DROP COLUMN overridden_at, DROP COLUMN calls;
      ALTER TABLE delegations DROP COLUMN overridden_at, DROP COLUMN overridden_by;
    `);
  }
}
