import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Plans1790000000032 implements MigrationInterface {
  name = 'Plans1790000000032';

  /** What each curator means to say in their turn. The plan of an account, for every turn, is in desk_settings. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE turn_plans (
        stint_id uuid CONSTRAINT turn_plans_pk PRIMARY KEY
          CONSTRAINT turn_plans_stint REFERENCES stints (id) ON DELETE CASCADE,
        person_id uuid NOT NULL CONSTRAINT turn_plans_person REFERENCES persons (id),
        text text NOT NULL,
        saved_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE turn_plans');
  }
}
