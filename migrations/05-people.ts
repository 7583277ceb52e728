import type { MigrationInterface, QueryRunner } from 'typeorm';

export class People1790000000005 implements MigrationInterface {
  name = 'People1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE persons (
        id uuid CONSTRAINT persons_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        email text,
        email_key text CONSTRAINT persons_email_key UNIQUE,
        name text NOT NULL,
        shown_name text NOT NULL,
        handle text,
        created_at timestamptz NOT NULL,
        erased_at timestamptz,
        CONSTRAINT persons_known CHECK (erased_at IS NOT NULL OR (email IS NOT NULL AND email_key IS NOT NULL))
      );
      
      CREATE TABLE roles (
        person_id uuid NOT NULL CONSTRAINT roles_person REFERENCES persons (id),
        account_id uuid NOT NULL CONSTRAINT roles_account REFERENCES accounts (id),
        role text NOT NULL CONSTRAINT roles_role CHECK (role IN ('reviewer', 'organiser', 'approver', 'keeper')),
        given_at timestamptz NOT NULL,
        given_by uuid,
        CONSTRAINT roles_pk PRIMARY KEY (person_id, account_id, role)
      );
      
      CREATE TABLE sessions (
        hash bytea CONSTRAINT sessions_pk PRIMARY KEY,
        id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT sessions_id UNIQUE,
        person_id uuid NOT NULL CONSTRAINT sessions_person REFERENCES persons (id),
        device text NOT NULL,
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz
      );
      CREATE INDEX sessions_of_person ON sessions (person_id) WHERE ended_at IS NULL;
      
      ALTER TABLE grants ADD CONSTRAINT grants_person FOREIGN KEY (person_id) REFERENCES persons (id);
      ALTER TABLE delegations ADD CONSTRAINT delegations_person FOREIGN KEY (person_id) REFERENCES persons (id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE delegations DROP CONSTRAINT delegations_person;
      ALTER TABLE grants DROP CONSTRAINT grants_person;
      DROP TABLE sessions;
      DROP TABLE roles;
      DROP TABLE persons;
    `);
  }
}
