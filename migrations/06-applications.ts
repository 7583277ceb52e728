import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Applications1790000000006 implements MigrationInterface {
  name = 'Applications1790000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE applications (
        id uuid CONSTRAINT applications_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT applications_account REFERENCES accounts (id),
        person_id uuid CONSTRAINT applications_person REFERENCES persons (id),
        state text NOT NULL CONSTRAINT applications_state CHECK
          (state IN ('draft', 'unverified', 'waiting', 'on-hold', 'accepted', 'declined', 'withdrawn', 'erased')),
        revision integer NOT NULL DEFAULT 1,
        draft_hash bytea CONSTRAINT applications_draft UNIQUE,
        email text,
        email_key text,
        handle_key text,
        answers jsonb NOT NULL,
        health bytea,
        photo_file text,
        created_at timestamptz NOT NULL,
        submitted_at timestamptz,
        verified_at timestamptz,
        ended_at timestamptz
      );
      CREATE INDEX applications_of_account ON applications (account_id, state);
      CREATE INDEX applications_of_person ON applications (person_id) WHERE person_id IS NOT NULL;
      CREATE INDEX applications_email ON applications (account_id, email_key);
      
      CREATE TABLE consents (
        id uuid CONSTRAINT consents_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        application_id uuid NOT NULL CONSTRAINT consents_application REFERENCES applications (id),
        purpose text NOT NULL CONSTRAINT consents_purpose
          CHECK (purpose IN ('holding', 'health', 'photo', 'direct-messages', 'guidelines')),
        wording text NOT NULL,
        version text NOT NULL,
        given_at timestamptz NOT NULL,
        withdrawn_at timestamptz,
        CONSTRAINT consents_order CHECK (withdrawn_at >= given_at)
      );
      CREATE UNIQUE INDEX consents_live ON consents (application_id, purpose) WHERE withdrawn_at IS NULL;
      
      CREATE TABLE decisions (
        id uuid CONSTRAINT decisions_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        application_id uuid NOT NULL CONSTRAINT decisions_application REFERENCES applications (id),
        verdict text NOT NULL CONSTRAINT decisions_verdict CHECK (verdict IN ('accepted', 'declined', 'on-hold')),
        note text NOT NULL,
        message text NOT NULL DEFAULT '',
        decided_by uuid NOT NULL CONSTRAINT decisions_person REFERENCES persons (id),
        decided_at timestamptz NOT NULL,
        undone_at timestamptz,
        undone_by uuid
      );
      CREATE UNIQUE INDEX decisions_live ON decisions (application_id) WHERE undone_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE decisions;
      DROP TABLE consents;
      DROP TABLE applications;
    `);
  }
}
