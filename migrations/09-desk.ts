import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Desk1790000000009 implements MigrationInterface {
  name = 'Desk1790000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE drafts (
        id uuid CONSTRAINT drafts_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT drafts_account REFERENCES accounts (id),
        stint_id uuid NOT NULL CONSTRAINT drafts_stint REFERENCES stints (id),
        person_id uuid NOT NULL CONSTRAINT drafts_person REFERENCES persons (id),
        text text NOT NULL DEFAULT '',
        picture_file text,
        picture_type text,
        picture_description text NOT NULL DEFAULT '',
        saved_at timestamptz NOT NULL
      );
      CREATE INDEX drafts_of_stint ON drafts (stint_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE drafts;
    `);
  }
}
