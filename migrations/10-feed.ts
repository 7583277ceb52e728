import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Feed1790000000010 implements MigrationInterface {
  name = 'Feed1790000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE feeds (
        account_id uuid CONSTRAINT feeds_pk PRIMARY KEY CONSTRAINT feeds_account REFERENCES accounts (id),
        version bigint NOT NULL DEFAULT 0,
        changed_at timestamptz NOT NULL,
        pulled_at timestamptz,
        next_pull_at timestamptz NOT NULL,
        pull_lease_until timestamptz,
        failing_since timestamptz,
        failure text,
        profile jsonb,
        profile_pulled_at timestamptz
      );
      
      CREATE TABLE feed_posts (
        account_id uuid NOT NULL CONSTRAINT feed_posts_account REFERENCES accounts (id),
        network_id text NOT NULL,
        posted_at timestamptz NOT NULL,
        post jsonb NOT NULL,
        stint_id uuid CONSTRAINT feed_posts_stint REFERENCES stints (id),
        person_id uuid CONSTRAINT feed_posts_person REFERENCES persons (id),
        credited_by text NOT NULL CONSTRAINT feed_posts_credited CHECK (credited_by IN ('author', 'grant', 'house', 'organiser')),
        seen_at timestamptz NOT NULL,
        CONSTRAINT feed_posts_pk PRIMARY KEY (account_id, network_id)
      );
      CREATE INDEX feed_posts_latest ON feed_posts (account_id, posted_at DESC);
      
      CREATE TABLE hidden_posts (
        account_id uuid NOT NULL CONSTRAINT hidden_posts_account REFERENCES accounts (id),
        network_id text NOT NULL,
        reason text NOT NULL,
        hidden_by uuid NOT NULL CONSTRAINT hidden_posts_person REFERENCES persons (id),
        hidden_at timestamptz NOT NULL,
        CONSTRAINT hidden_posts_pk PRIMARY KEY (account_id, network_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE hidden_posts;
      DROP TABLE feed_posts;
      DROP TABLE feeds;
    `);
  }
}
