import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeskFlow1790000000026 implements MigrationInterface {
  name = 'DeskFlow1790000000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE drafts ADD COLUMN version integer NOT NULL DEFAULT 1, ADD COLUMN saved_in uuid;

      CREATE TABLE desk_settings (
        account_id uuid CONSTRAINT desk_settings_pk PRIMARY KEY CONSTRAINT desk_settings_account REFERENCES accounts (id),
        undo_seconds integer NOT NULL DEFAULT 10 CONSTRAINT desk_settings_undo CHECK (undo_seconds BETWEEN 0 AND 120),
        approval text NOT NULL DEFAULT 'off' CONSTRAINT desk_settings_approval CHECK (approval IN ('off', 'first-day', 'always')),
        approval_minutes integer NOT NULL DEFAULT 60
          CONSTRAINT desk_settings_minutes CHECK (approval_minutes BETWEEN 5 AND 1440),
        plan text NOT NULL DEFAULT ''
      );

      CREATE TABLE post_deletions (
        message_id uuid CONSTRAINT post_deletions_pk PRIMARY KEY CONSTRAINT post_deletions_message REFERENCES messages (id),
        account_id uuid NOT NULL CONSTRAINT post_deletions_account REFERENCES accounts (id),
        asked_by uuid NOT NULL,
        asked_at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CONSTRAINT post_deletions_state CHECK (state IN ('waiting', 'done', 'refused')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        lease_until timestamptz,
        detail text,
        settled_at timestamptz
      );
      CREATE INDEX post_deletions_due ON post_deletions (next_attempt_at) WHERE state = 'waiting';

      CREATE TABLE post_approvals (
        id uuid CONSTRAINT post_approvals_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT post_approvals_account REFERENCES accounts (id),
        draft_id uuid NOT NULL,
        version integer NOT NULL,
        stint_id uuid NOT NULL,
        author_id uuid NOT NULL,
        due_at timestamptz,
        reason text NOT NULL,
        asked_at timestamptz NOT NULL,
        decide_by timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'waiting'
          CONSTRAINT post_approvals_state CHECK (state IN ('waiting', 'approved', 'sent-back', 'lapsed', 'taken-back')),
        decided_by uuid,
        decided_at timestamptz,
        note text
      );
      CREATE UNIQUE INDEX post_approvals_waiting ON post_approvals (draft_id) WHERE state = 'waiting';
      CREATE INDEX post_approvals_due ON post_approvals (decide_by) WHERE state = 'waiting';
      CREATE INDEX post_approvals_stint ON post_approvals (stint_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE post_approvals;
      DROP TABLE post_deletions;
      DROP TABLE desk_settings;
      ALTER TABLE drafts DROP COLUMN version, DROP COLUMN saved_in;
    `);
  }
}
