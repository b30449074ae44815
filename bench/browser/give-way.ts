import { constants, setPriority } from 'node:os';
import type { Database, Served } from '../suite/stage.js';

/**
 * Lets server and database give way to the browser. In life it has a machine of its own; on a machine that all share,
 * waiting for each other's processors would count as the page's work. They still have to keep up with the load.
 */
export async function giveWay({ program }: Served, { pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
  for (const pid of [program.pid, ...rows.map((row) => row.pid)]) {
    try {
      setPriority(pid, constants.priority.PRIORITY_LOW);
    } catch {
      // A process that has just ended, or that this user may not move: the figures are the worse for it, not the better.
    }
  }
}
