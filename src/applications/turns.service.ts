import type { Tx } from '../platform/tx.js';

const LIVE = ['proposed', 'approved', 'offered', 'confirmed', 'active'];

/** Whether an application has led to a turn that is planned or running. */
export async function hasTurn(tx: Tx, applicationId: string): Promise<boolean> {
  const turns = await tx.query('SELECT 1 FROM stints WHERE application_id = $1 AND state = ANY($2) LIMIT 1', [
    applicationId,
    LIVE,
  ]);
  return turns.length > 0;
}
