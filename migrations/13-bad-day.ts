import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BadDay1790000000013 implements MigrationInterface {
  name = 'BadDay1790000000013';

  /** A turn that was ended early may be given back: its access then has several spans, of which one at most is open. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE grants DROP CONSTRAINT grants_stint;
      CREATE UNIQUE INDEX grants_one_open ON grants (stint_id) WHERE closed_at IS NULL;
      CREATE INDEX grants_spans ON grants (stint_id, opens_at);
      ALTER TABLE holds ADD COLUMN public_message text;
    `);
  }

  /** Refused by the database where some turn has several spans: which of them to forget is nobody's to guess. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE holds DROP COLUMN public_message;
      DROP INDEX grants_spans;
      DROP INDEX grants_one_open;
      ALTER TABLE grants ADD CONSTRAINT grants_stint UNIQUE (stint_id);
    `);
  }
}
