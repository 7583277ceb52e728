import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Insight1790000000029 implements MigrationInterface {
  name = 'Insight1790000000029';

  /** Posts keep their own numbers, in feed_posts. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE turn_counts (
        stint_id uuid CONSTRAINT turn_counts_pk PRIMARY KEY
          CONSTRAINT turn_counts_stint REFERENCES stints (id) ON DELETE CASCADE,
        next_at timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        counted_at timestamptz
      );

      CREATE TABLE turn_days (
        stint_id uuid NOT NULL CONSTRAINT turn_days_stint REFERENCES stints (id) ON DELETE CASCADE,
        day date NOT NULL,
        posts integer NOT NULL,
        impressions bigint,
        likes bigint,
        replies bigint,
        reposts bigint,
        read_at timestamptz NOT NULL,
        CONSTRAINT turn_days_pk PRIMARY KEY (stint_id, day)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE turn_days;
      DROP TABLE turn_counts;
    `);
  }
}
