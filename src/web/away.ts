/** SQLSTATEs and system errors that say that there is no database to speak to (PostgreSQL, appendix A). */
const CODES = /^(?:ECONNREFUSED|ECONNRESET|57P0[123]|08[0-9A-Z]{3}|53300)$/;
/** What clients say who give no code. */
const WORDS = /ECONNREFUSED|ECONNRESET|Connection terminated|timeout exceeded/;

/** Whether an error says that the database is away. */
export function isAway(error: unknown): boolean {
  const { driverError, code } = (error ?? {}) as { driverError?: { code?: unknown }; code?: unknown };
  return CODES.test(String(driverError?.code ?? code ?? '')) || (error instanceof Error && WORDS.test(error.message));
}
