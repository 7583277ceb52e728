import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DraftMedia1790000000025 implements MigrationInterface {
  name = 'DraftMedia1790000000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE draft_media (
        id uuid CONSTRAINT draft_media_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        draft_id uuid NOT NULL CONSTRAINT draft_media_draft REFERENCES drafts (id) ON UPDATE CASCADE ON DELETE CASCADE,
        part smallint NOT NULL,
        position smallint NOT NULL,
        file text NOT NULL,
        type text NOT NULL,
        bytes integer NOT NULL,
        description text NOT NULL DEFAULT ''
      );
      CREATE INDEX draft_media_of_draft ON draft_media (draft_id, part, position);
      INSERT INTO draft_media (draft_id, part, position, file, type, bytes, description)
        SELECT id, 1, 1, picture_file, coalesce(picture_type, 'image/jpeg'), 0, picture_description
        FROM drafts WHERE picture_file IS NOT NULL
        UNION ALL
        SELECT draft_id, position, 1, picture_file, coalesce(picture_type, 'image/jpeg'), 0, picture_description
        FROM draft_parts WHERE picture_file IS NOT NULL;
      ALTER TABLE drafts DROP COLUMN picture_file, DROP COLUMN picture_type, DROP COLUMN picture_description;
      ALTER TABLE draft_parts DROP COLUMN picture_file, DROP COLUMN picture_type, DROP COLUMN picture_description;

      ALTER TABLE message_media ADD COLUMN bytes integer NOT NULL DEFAULT 0, ADD COLUMN bytes_taken integer NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE message_media DROP COLUMN bytes, DROP COLUMN bytes_taken;
      ALTER TABLE drafts ADD COLUMN picture_file text, ADD COLUMN picture_type text,
        ADD COLUMN picture_description text NOT NULL DEFAULT '';
      ALTER TABLE draft_parts ADD COLUMN picture_file text, ADD COLUMN picture_type text,
        ADD COLUMN picture_description text NOT NULL DEFAULT '';
      UPDATE drafts d SET picture_file = m.file, picture_type = m.type, picture_description = m.description
        FROM draft_media m WHERE m.draft_id = d.id AND m.part = 1 AND m.position = 1;
      UPDATE draft_parts p SET picture_file = m.file, picture_type = m.type, picture_description = m.description
        FROM draft_media m WHERE m.draft_id = p.draft_id AND m.part = p.position AND m.position = 1;
      DROP TABLE draft_media;
    `);
  }
}
