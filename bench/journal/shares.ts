import { spreadOf } from '../suite/finding.js';
import type { Round } from './shop.js';

/** Who was busy, of the medians of the rounds: in cores, the load by its idle share. */
export function sharesInWords(who: string, rounds: readonly Round[]): string {
  const percent = (of: (round: Round) => number) => `${Math.round(spreadOf(rounds.map(of)).median * 100)} %`;
  const server = percent(({ serverBusy }) => serverBusy);
  const postgres = percent(({ postgresBusy }) => postgresBusy);
  const load = percent(({ loadIdle }) => loadIdle);
  return `${who}: server busy ${server}, Postgres busy ${postgres}, load idle ${load}`;
}
