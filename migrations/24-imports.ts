import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Imports1790000000024 implements MigrationInterface {
  name = 'Imports1790000000024';

  /** Turns from before Baton: their people may have no address, and nobody applied. An import can be undone as a whole. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE imports (
        id uuid CONSTRAINT imports_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT imports_account REFERENCES accounts (id),
        imported_by uuid NOT NULL CONSTRAINT imports_person REFERENCES persons (id),
        imported_at timestamptz NOT NULL,
        turns integer NOT NULL,
        undone_by uuid CONSTRAINT imports_undone_by REFERENCES persons (id),
        undone_at timestamptz
      );
      CREATE INDEX imports_of_account ON imports (account_id, imported_at);

      ALTER TABLE persons ADD COLUMN import_id uuid CONSTRAINT persons_import REFERENCES imports (id);
      ALTER TABLE persons DROP CONSTRAINT persons_known;
      ALTER TABLE persons ADD CONSTRAINT persons_known CHECK
        (erased_at IS NOT NULL OR import_id IS NOT NULL OR (email IS NOT NULL AND email_key IS NOT NULL));

      ALTER TABLE slots ADD COLUMN import_id uuid CONSTRAINT slots_import REFERENCES imports (id);
      ALTER TABLE stints ADD COLUMN import_id uuid CONSTRAINT stints_import REFERENCES imports (id);
      ALTER TABLE stints ALTER COLUMN application_id DROP NOT NULL;
      ALTER TABLE stints ADD CONSTRAINT stints_applied CHECK (application_id IS NOT NULL OR import_id IS NOT NULL);
    `);
  }

  /** Refused by the database where something was imported. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE stints DROP CONSTRAINT stints_applied;
      ALTER TABLE stints ALTER COLUMN application_id SET NOT NULL;
      ALTER TABLE stints DROP COLUMN import_id;
      ALTER TABLE slots DROP COLUMN import_id;
      ALTER TABLE persons DROP CONSTRAINT persons_known;
      ALTER TABLE persons DROP COLUMN import_id;
      ALTER TABLE persons ADD CONSTRAINT persons_known
        CHECK (erased_at IS NOT NULL OR (email IS NOT NULL AND email_key IS NOT NULL));
      DROP TABLE imports;
    `);
  }
}
