import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Threads1790000000022 implements MigrationInterface {
  name = 'Threads1790000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages ADD COLUMN thread_id uuid, ADD COLUMN part smallint, ADD COLUMN reply_to text;
      CREATE UNIQUE INDEX messages_thread ON messages (thread_id, part) WHERE thread_id IS NOT NULL;
      CREATE INDEX messages_thread_broken ON messages (thread_id)
        WHERE thread_id IS NOT NULL AND state IN ('held', 'refused', 'unknown');

      CREATE TABLE draft_parts (
        draft_id uuid NOT NULL CONSTRAINT draft_parts_draft REFERENCES drafts (id) ON UPDATE CASCADE ON DELETE CASCADE,
        position smallint NOT NULL,
        text text NOT NULL DEFAULT '',
        picture_file text,
        picture_type text,
        picture_description text NOT NULL DEFAULT '',
        CONSTRAINT draft_parts_pk PRIMARY KEY (draft_id, position)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE draft_parts;
      ALTER TABLE messages DROP COLUMN thread_id, DROP COLUMN part, DROP COLUMN reply_to;
    `);
  }
}
