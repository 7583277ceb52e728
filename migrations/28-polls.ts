import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Polls1790000000028 implements MigrationInterface {
  name = 'Polls1790000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE drafts ADD COLUMN poll jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE drafts DROP COLUMN poll');
  }
}
