import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Handover1790000000008 implements MigrationInterface {
  name = 'Handover1790000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE boundaries (
        id uuid CONSTRAINT boundaries_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT boundaries_account REFERENCES accounts (id),
        at timestamptz NOT NULL,
        outgoing uuid[] NOT NULL DEFAULT '{}',
        incoming uuid[] NOT NULL DEFAULT '{}',
        started_at timestamptz,
        done_at timestamptz,
        suspended_at timestamptz,
        suspended_by uuid,
        suspended_reason text,
        lateness_ms integer,
        CONSTRAINT boundaries_instant UNIQUE (account_id, at)
      );
      CREATE INDEX boundaries_open ON boundaries (at) WHERE done_at IS NULL;
      
      CREATE TABLE steps (
        boundary_id uuid NOT NULL CONSTRAINT steps_boundary REFERENCES boundaries (id),
        name text NOT NULL CONSTRAINT steps_name CHECK (name IN
          ('close', 'check', 'rotate', 'restore', 'thank', 'grant', 'profile', 'announce', 'welcome')),
        half text NOT NULL CONSTRAINT steps_half CHECK (half IN ('outgoing', 'incoming')),
        state text NOT NULL DEFAULT 'waiting' CONSTRAINT steps_state CHECK (state IN ('waiting', 'running', 'done')),
        outcome text,
        waits_for text,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        lease_until timestamptz,
        done_at timestamptz,
        done_by uuid,
        reason text,
        by_hand boolean NOT NULL DEFAULT false,
        ticked_at timestamptz,
        ticked_by uuid,
        CONSTRAINT steps_pk PRIMARY KEY (boundary_id, name)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE steps;
      DROP TABLE boundaries;
    `);
  }
}
