import type { Reads } from '../catalogue/reads.js';
import { readStandings } from '../returns/return-rows.js';

/** Lines of an order whose tickets were used, or belong to somebody else by now. */
export async function lostLines(db: Reads, orderId: string): Promise<ReadonlySet<number>> {
  const standings = await readStandings(db, orderId);
  return new Set([...standings].filter(([, one]) => one.isCheckedIn || one.isPassedOn).map(([line]) => line));
}
