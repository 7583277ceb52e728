import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Credentials1790000000003 implements MigrationInterface {
  name = 'Credentials1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE accounts (
        id uuid CONSTRAINT accounts_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        network text NOT NULL CONSTRAINT accounts_network CHECK (network IN ('x')),
        handle text NOT NULL,
        slug text NOT NULL CONSTRAINT accounts_slug UNIQUE
          CONSTRAINT accounts_slug_shape CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,30}$'),
        name text NOT NULL,
        about text NOT NULL DEFAULT '',
        zone text NOT NULL,
        slot_pattern jsonb NOT NULL,
        posting_hours jsonb,
        connection text NOT NULL CONSTRAINT accounts_connection CHECK (connection IN ('api', 'none')),
        hand_over_by text NOT NULL CONSTRAINT accounts_hand_over CHECK (hand_over_by IN ('desk', 'delegate', 'checklist')),
        seats smallint NOT NULL DEFAULT 1 CONSTRAINT accounts_seats CHECK (seats BETWEEN 1 AND 4),
        self_approval boolean NOT NULL DEFAULT false,
        house_name text NOT NULL,
        house_bio text NOT NULL DEFAULT '',
        hashtag text NOT NULL DEFAULT '',
        thanks_post boolean NOT NULL DEFAULT true,
        help_contact text NOT NULL DEFAULT '',
        retention jsonb NOT NULL,
        network_user_id text,
        paused_message text,
        created_at timestamptz NOT NULL
      );
      
      CREATE TABLE account_access (
        account_id uuid CONSTRAINT account_access_pk PRIMARY KEY
          CONSTRAINT account_access_account REFERENCES accounts (id)
      );
      
      CREATE TABLE grants (
        id uuid CONSTRAINT grants_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT grants_account REFERENCES accounts (id),
        stint_id uuid NOT NULL,
        person_id uuid NOT NULL,
        seat smallint NOT NULL,
        opens_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        closed_at timestamptz,
        close_reason text,
        CONSTRAINT grants_order CHECK (opens_at < ends_at AND closed_at >= opens_at),
        CONSTRAINT grants_stint UNIQUE (stint_id),
        CONSTRAINT grants_no_overlap EXCLUDE USING gist (
          account_id WITH =, seat WITH =, tstzrange(opens_at, least(ends_at, closed_at), '[)') WITH &&
        )
      );
      
      CREATE TABLE holds (
        id uuid CONSTRAINT holds_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT holds_account REFERENCES accounts (id),
        kind text NOT NULL CONSTRAINT holds_kind CHECK (kind IN ('pause', 'takeover', 'blackout')),
        scope text NOT NULL CONSTRAINT holds_scope CHECK (scope IN ('curators', 'everyone')),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz,
        reason text NOT NULL,
        made_by uuid,
        cause_id uuid,
        CONSTRAINT holds_order CHECK (ends_at >= starts_at)
      );
      CREATE INDEX holds_account_time ON holds (account_id, starts_at);
      
      CREATE TABLE network_tokens (
        account_id uuid CONSTRAINT network_tokens_pk PRIMARY KEY
          CONSTRAINT network_tokens_account REFERENCES accounts (id),
        state text NOT NULL CONSTRAINT network_tokens_state CHECK (state IN ('connected', 'disconnected')),
        reason text,
        access_token bytea NOT NULL,
        refresh_token bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        scopes text[] NOT NULL,
        refreshed_at timestamptz NOT NULL,
        connected_at timestamptz NOT NULL
      );
      
      CREATE TABLE delegations (
        id uuid CONSTRAINT delegations_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT delegations_account REFERENCES accounts (id),
        stint_id uuid NOT NULL CONSTRAINT delegations_stint UNIQUE,
        person_id uuid NOT NULL,
        handle text,
        invited_at timestamptz,
        invited_by uuid,
        removed_at timestamptz,
        removed_by uuid,
        CONSTRAINT delegations_order CHECK (removed_at >= invited_at)
      );
      CREATE INDEX delegations_open ON delegations (account_id) WHERE removed_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE delegations;
      DROP TABLE network_tokens;
      DROP TABLE holds;
      DROP TABLE grants;
      DROP TABLE account_access;
      DROP TABLE accounts;
    `);
  }
}
