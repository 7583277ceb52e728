import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Mentions1790000000027 implements MigrationInterface {
  name = 'Mentions1790000000027';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE drafts ADD COLUMN reply_to text;

      CREATE TABLE mention_pulls (
        account_id uuid CONSTRAINT mention_pulls_pk PRIMARY KEY CONSTRAINT mention_pulls_account REFERENCES accounts (id),
        next_pull_at timestamptz NOT NULL,
        pull_lease_until timestamptz,
        pulled_at timestamptz,
        newest_id text,
        overflowed_at timestamptz,
        failing_since timestamptz,
        failure text,
        recheck_at timestamptz
      );
      CREATE INDEX mention_pulls_due ON mention_pulls (next_pull_at);

      CREATE TABLE mentions (
        account_id uuid NOT NULL CONSTRAINT mentions_account REFERENCES accounts (id),
        network_id text NOT NULL,
        handle text,
        author_name text,
        post jsonb NOT NULL,
        posted_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        CONSTRAINT mentions_pk PRIMARY KEY (account_id, network_id)
      );
      CREATE INDEX mentions_posted ON mentions (account_id, posted_at);

      CREATE TABLE hidden_mentions (
        account_id uuid NOT NULL,
        network_id text NOT NULL,
        person_id uuid NOT NULL CONSTRAINT hidden_mentions_person REFERENCES persons (id),
        hidden_at timestamptz NOT NULL,
        CONSTRAINT hidden_mentions_pk PRIMARY KEY (account_id, network_id, person_id),
        CONSTRAINT hidden_mentions_mention FOREIGN KEY (account_id, network_id)
          REFERENCES mentions (account_id, network_id) ON UPDATE CASCADE ON DELETE CASCADE
      );

      CREATE TABLE turn_notes (
        stint_id uuid CONSTRAINT turn_notes_pk PRIMARY KEY
          CONSTRAINT turn_notes_stint REFERENCES stints (id) ON DELETE CASCADE,
        account_id uuid NOT NULL CONSTRAINT turn_notes_account REFERENCES accounts (id),
        person_id uuid NOT NULL CONSTRAINT turn_notes_person REFERENCES persons (id),
        text text NOT NULL,
        saved_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE turn_notes;
      DROP TABLE hidden_mentions;
      DROP TABLE mentions;
      DROP TABLE mention_pulls;
      ALTER TABLE drafts DROP COLUMN reply_to;
    `);
  }
}
