import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is asked of one account must not read the rows of all. */
export class Looks1790000000031 implements MigrationInterface {
  name = 'Looks1790000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX messages_posts_sent ON messages (account_id, settled_at) WHERE channel = 'post' AND state = 'sent';
      CREATE INDEX messages_posts_open ON messages (account_id)
        WHERE channel = 'post' AND state IN ('waiting', 'sending', 'unknown', 'held');
      CREATE INDEX reveals_secret_id ON reveals (secret_id);
      CREATE INDEX reveals_sealed ON reveals (account_id) WHERE state = 'sealed';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX reveals_sealed;
      DROP INDEX reveals_secret_id;
      DROP INDEX messages_posts_open;
      DROP INDEX messages_posts_sent;
    `);
  }
}
