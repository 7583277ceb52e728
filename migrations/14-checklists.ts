import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Checklists1790000000014 implements MigrationInterface {
  name = 'Checklists1790000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE checklist_lines (
        account_id uuid NOT NULL CONSTRAINT checklist_lines_account REFERENCES accounts (id),
        key text NOT NULL,
        position integer NOT NULL,
        doer text NOT NULL CONSTRAINT checklist_lines_doer CHECK (doer IN ('curator', 'team')),
        anchor text NOT NULL CONSTRAINT checklist_lines_anchor CHECK (anchor IN ('confirmed', 'start', 'end')),
        days integer NOT NULL,
        hours integer NOT NULL,
        "time" text CONSTRAINT checklist_lines_time CHECK ("time" ~ '^([01]\\d|2[0-3]):[0-5]\\d$'),
        title text NOT NULL,
        how text NOT NULL,
        off boolean NOT NULL DEFAULT false,
        CONSTRAINT checklist_lines_pk PRIMARY KEY (account_id, key)
      );

      CREATE TABLE checklist_marks (
        stint_id uuid NOT NULL CONSTRAINT checklist_marks_stint REFERENCES stints (id),
        key text NOT NULL,
        skipped_because text,
        marked_at timestamptz NOT NULL,
        marked_by uuid NOT NULL CONSTRAINT checklist_marks_person REFERENCES persons (id),
        CONSTRAINT checklist_marks_pk PRIMARY KEY (stint_id, key)
      );

      CREATE TABLE digest_refusals (
        account_id uuid NOT NULL CONSTRAINT digest_refusals_account REFERENCES accounts (id),
        person_id uuid NOT NULL CONSTRAINT digest_refusals_person REFERENCES persons (id),
        refused_at timestamptz NOT NULL,
        CONSTRAINT digest_refusals_pk PRIMARY KEY (account_id, person_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE digest_refusals;
      DROP TABLE checklist_marks;
      DROP TABLE checklist_lines;
    `);
  }
}
