import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** Linux counts the processor time of processes in hundredths of a second, whatever its own clock. */
const TICK_MS = 10;

/** Processor time that the processes of this Postgres have used so far, in milliseconds; NaN where the platform does not tell. */
export async function postgresCpuMs(pool: Pool): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN;
  const { rows } = await pool.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
  return rows.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
}

function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}
