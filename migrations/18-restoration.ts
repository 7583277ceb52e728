import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Restoration1790000000018 implements MigrationInterface {
  name = 'Restoration1790000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE origin (
        id smallint CONSTRAINT origin_pk PRIMARY KEY CONSTRAINT origin_one CHECK (id = 1),
        cluster text NOT NULL,
        relation text NOT NULL
      );

      ALTER TABLE boundaries ADD COLUMN may_have_run boolean NOT NULL DEFAULT false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE boundaries DROP COLUMN may_have_run;
      DROP TABLE origin;
    `);
  }
}
