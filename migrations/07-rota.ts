import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Rota1790000000007 implements MigrationInterface {
  name = 'Rota1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agreements (
        id uuid CONSTRAINT agreements_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT agreements_account REFERENCES accounts (id),
        version integer NOT NULL,
        text text NOT NULL,
        published_at timestamptz NOT NULL,
        CONSTRAINT agreements_version UNIQUE (account_id, version)
      );
      
      CREATE TABLE slots (
        id uuid CONSTRAINT slots_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT slots_account REFERENCES accounts (id),
        kind text NOT NULL CONSTRAINT slots_kind CHECK (kind IN ('curator', 'break')),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        reason text,
        CONSTRAINT slots_order CHECK (starts_at < ends_at),
        CONSTRAINT slots_no_overlap EXCLUDE USING gist (account_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
      );
      
      CREATE TABLE stints (
        id uuid CONSTRAINT stints_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT stints_account REFERENCES accounts (id),
        slot_id uuid NOT NULL CONSTRAINT stints_slot REFERENCES slots (id),
        seat smallint NOT NULL DEFAULT 1,
        person_id uuid NOT NULL CONSTRAINT stints_person REFERENCES persons (id),
        application_id uuid NOT NULL CONSTRAINT stints_application REFERENCES applications (id),
        state text NOT NULL CONSTRAINT stints_state CHECK (state IN
          ('proposed', 'approved', 'offered', 'confirmed', 'active', 'ended', 'returned', 'declined', 'cancelled')),
        ended_how text CONSTRAINT stints_ended CHECK (ended_how IN ('completed', 'cut-short', 'no-show')),
        revision integer NOT NULL DEFAULT 1,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        proposed_by uuid NOT NULL CONSTRAINT stints_proposer REFERENCES persons (id),
        proposed_at timestamptz NOT NULL,
        approved_by uuid CONSTRAINT stints_approver REFERENCES persons (id),
        approved_at timestamptz,
        offered_at timestamptz,
        answered_at timestamptz,
        confirmed_at timestamptz,
        agreement_id uuid CONSTRAINT stints_agreement REFERENCES agreements (id),
        reason text,
        CONSTRAINT stints_order CHECK (starts_at < ends_at)
      );
      CREATE UNIQUE INDEX stints_one_live ON stints (slot_id, seat)
        WHERE state IN ('proposed', 'approved', 'offered', 'confirmed', 'active');
      CREATE INDEX stints_of_person ON stints (person_id);
      CREATE INDEX stints_of_account ON stints (account_id, starts_at);
      
      CREATE TABLE blackouts (
        id uuid CONSTRAINT blackouts_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT blackouts_account REFERENCES accounts (id),
        title text NOT NULL,
        scope text NOT NULL CONSTRAINT blackouts_scope CHECK (scope IN ('curators', 'everyone')),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz,
        reason text NOT NULL,
        made_by uuid NOT NULL CONSTRAINT blackouts_person REFERENCES persons (id),
        made_at timestamptz NOT NULL,
        removed_at timestamptz,
        CONSTRAINT blackouts_order CHECK (ends_at > starts_at)
      );
      
      ALTER TABLE grants ADD CONSTRAINT grants_of_stint FOREIGN KEY (stint_id) REFERENCES stints (id);
      ALTER TABLE delegations ADD CONSTRAINT delegations_of_stint FOREIGN KEY (stint_id) REFERENCES stints (id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE delegations DROP CONSTRAINT delegations_of_stint;
      ALTER TABLE grants DROP CONSTRAINT grants_of_stint;
      DROP TABLE blackouts;
      DROP TABLE stints;
      DROP TABLE slots;
      DROP TABLE agreements;
    `);
  }
}
