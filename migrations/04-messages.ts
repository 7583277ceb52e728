import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Messages1790000000004 implements MigrationInterface {
  name = 'Messages1790000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE messages (
        id uuid CONSTRAINT messages_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        key text NOT NULL CONSTRAINT messages_key UNIQUE,
        account_id uuid CONSTRAINT messages_account REFERENCES accounts (id),
        channel text NOT NULL CONSTRAINT messages_channel CHECK (channel IN ('letter', 'post')),
        template text NOT NULL,
        data jsonb NOT NULL,
        address text,
        evidence text,
        cause_kind text NOT NULL,
        cause_id uuid NOT NULL,
        stint_id uuid,
        author_id uuid,
        due_at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CONSTRAINT messages_state
          CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'unknown', 'held', 'withdrawn')),
        attempts integer NOT NULL DEFAULT 0,
        expires_at timestamptz,
        next_attempt_at timestamptz,
        possible_copies integer NOT NULL DEFAULT 0,
        started_at timestamptz,
        lease_until timestamptz,
        provider_ref text,
        detail text,
        created_at timestamptz NOT NULL,
        settled_at timestamptz
      );
      CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state IN ('waiting', 'sending', 'unknown');
      CREATE INDEX messages_cause ON messages (cause_kind, cause_id);
      CREATE INDEX messages_stint ON messages (stint_id) WHERE stint_id IS NOT NULL;
      CREATE UNIQUE INDEX messages_provider_ref ON messages (account_id, provider_ref)
        WHERE channel = 'post' AND provider_ref IS NOT NULL;
      
      CREATE TABLE message_media (
        message_id uuid NOT NULL CONSTRAINT message_media_message REFERENCES messages (id),
        position smallint NOT NULL,
        file text NOT NULL,
        type text NOT NULL,
        description text NOT NULL,
        network_media_id text,
        network_media_expires_at timestamptz,
        described boolean NOT NULL DEFAULT false,
        CONSTRAINT message_media_pk PRIMARY KEY (message_id, position)
      );
      
      CREATE TABLE stops (
        id uuid CONSTRAINT stops_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        cause_kind text NOT NULL,
        cause_id uuid NOT NULL,
        made_for uuid,
        reason text NOT NULL,
        made_at timestamptz NOT NULL,
        lifted_at timestamptz
      );
      CREATE INDEX stops_cause ON stops (cause_kind, cause_id) WHERE lifted_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE stops;
      DROP TABLE message_media;
      DROP TABLE messages;
    `);
  }
}
