import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Feedback1790000000034 implements MigrationInterface {
  name = 'Feedback1790000000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE turn_feedback (
        stint_id uuid CONSTRAINT turn_feedback_pk PRIMARY KEY
          CONSTRAINT turn_feedback_stint REFERENCES stints (id) ON DELETE CASCADE,
        account_id uuid NOT NULL CONSTRAINT turn_feedback_account REFERENCES accounts (id),
        person_id uuid NOT NULL CONSTRAINT turn_feedback_person REFERENCES persons (id),
        went_well text NOT NULL,
        to_change text NOT NULL,
        further text NOT NULL,
        given_at timestamptz NOT NULL
      );
      CREATE INDEX turn_feedback_account ON turn_feedback (account_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE turn_feedback');
  }
}
