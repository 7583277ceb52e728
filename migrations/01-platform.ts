import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Platform1790000000001 implements MigrationInterface {
  name = 'Platform1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS btree_gist;
      
      CREATE TABLE clock_anchor (
        id smallint CONSTRAINT clock_anchor_pk PRIMARY KEY CONSTRAINT clock_anchor_one CHECK (id = 1),
        anchored_at timestamptz NOT NULL,
        service_start timestamptz NOT NULL,
        speed double precision NOT NULL CONSTRAINT clock_anchor_speed CHECK (speed > 0)
      );
      
      CREATE TABLE one_time_tokens (
        hash bytea CONSTRAINT one_time_tokens_pk PRIMARY KEY,
        purpose text NOT NULL,
        subject text NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX one_time_tokens_subject ON one_time_tokens (purpose, subject);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE one_time_tokens;
      DROP TABLE clock_anchor;
      DROP EXTENSION btree_gist;
    `);
  }
}
