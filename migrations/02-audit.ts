import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit1790000000002 implements MigrationInterface {
  name = 'Audit1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_chains (
        chain uuid CONSTRAINT audit_chains_pk PRIMARY KEY,
        seq bigint NOT NULL,
        hash bytea NOT NULL
      );
      
      CREATE TABLE audit_entries (
        chain uuid NOT NULL,
        seq bigint NOT NULL,
        at timestamptz NOT NULL,
        actor_kind text NOT NULL CONSTRAINT audit_entries_actor CHECK (actor_kind IN ('person', 'system', 'stranger')),
        actor_id uuid,
        verb text NOT NULL,
        subject_kind text NOT NULL,
        subject_id text NOT NULL,
        detail jsonb NOT NULL,
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT audit_entries_pk PRIMARY KEY (chain, seq)
      );
      CREATE INDEX audit_entries_subject ON audit_entries (subject_kind, subject_id);
      
      CREATE TABLE audit_particulars (
        chain uuid NOT NULL,
        seq bigint NOT NULL,
        person_id uuid,
        particulars jsonb NOT NULL,
        CONSTRAINT audit_particulars_pk PRIMARY KEY (chain, seq),
        CONSTRAINT audit_particulars_entry FOREIGN KEY (chain, seq) REFERENCES audit_entries (chain, seq)
      );
      
      CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit entries are never changed or removed';
      END $$;
      CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
      CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_particulars;
      DROP TABLE audit_entries;
      DROP FUNCTION audit_is_append_only;
      DROP TABLE audit_chains;
    `);
  }
}
