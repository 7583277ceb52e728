import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Shown1790000000020 implements MigrationInterface {
  name = 'Shown1790000000020';

  /** Corrections are tied to the network's id, not to a kept post: they outlive a post that goes and comes back. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credit_corrections (
        account_id uuid NOT NULL CONSTRAINT credit_corrections_account REFERENCES accounts (id),
        network_id text NOT NULL,
        stint_id uuid CONSTRAINT credit_corrections_stint REFERENCES stints (id),
        reason text NOT NULL,
        corrected_by uuid NOT NULL CONSTRAINT credit_corrections_person REFERENCES persons (id),
        corrected_at timestamptz NOT NULL,
        CONSTRAINT credit_corrections_pk PRIMARY KEY (account_id, network_id)
      );

      CREATE TABLE hiding_rules (
        id uuid CONSTRAINT hiding_rules_pk PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL CONSTRAINT hiding_rules_account REFERENCES accounts (id),
        phrase text,
        stint_id uuid CONSTRAINT hiding_rules_stint REFERENCES stints (id),
        reason text NOT NULL,
        made_by uuid NOT NULL CONSTRAINT hiding_rules_person REFERENCES persons (id),
        made_at timestamptz NOT NULL,
        CONSTRAINT hiding_rules_kind CHECK (num_nonnulls(phrase, stint_id) = 1),
        CONSTRAINT hiding_rules_phrase UNIQUE (account_id, phrase),
        CONSTRAINT hiding_rules_turn UNIQUE (account_id, stint_id)
      );

      CREATE TABLE hiding_hits (
        rule_id uuid NOT NULL CONSTRAINT hiding_hits_rule REFERENCES hiding_rules (id) ON DELETE CASCADE,
        account_id uuid NOT NULL,
        network_id text NOT NULL,
        CONSTRAINT hiding_hits_pk PRIMARY KEY (account_id, network_id, rule_id),
        CONSTRAINT hiding_hits_post FOREIGN KEY (account_id, network_id)
          REFERENCES feed_posts (account_id, network_id) ON DELETE CASCADE
      );
      CREATE INDEX hiding_hits_of_rule ON hiding_hits (rule_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE hiding_hits;
      DROP TABLE hiding_rules;
      DROP TABLE credit_corrections;
    `);
  }
}
