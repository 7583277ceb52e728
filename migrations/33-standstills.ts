import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Posts that stand still are looked for every few seconds, among all that was ever refused. */
export class Standstills1790000000033 implements MigrationInterface {
  name = 'Standstills1790000000033';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX messages_posts_still ON messages (stint_id)
        WHERE channel = 'post' AND thread_id IS NULL AND state IN ('refused', 'held', 'unknown');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_posts_still');
  }
}
