// One PostgreSQL for the whole test run. Jest loads this file without its transforms, hence plain JavaScript.
import './typescript.js';

export default async function globalSetup() {
  const { startTestPostgres } = await import('./test-postgres.ts');
  await startTestPostgres();
}
