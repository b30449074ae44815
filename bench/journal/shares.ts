import { medianPercent } from '../suite/busyness.js';
import type { Round } from './shop.js';

/** Who was busy, of the medians of the rounds: in cores, the load by its idle share. */
export function sharesInWords(who: string, rounds: readonly Round[]): string {
  const server = medianPercent(rounds.map(({ serverBusy }) => serverBusy));
  const postgres = medianPercent(rounds.map(({ postgresBusy }) => postgresBusy));
  const load = medianPercent(rounds.map(({ loadIdle }) => loadIdle));
  return `${who}: server busy ${server}, Postgres busy ${postgres}, load idle ${load}`;
}
