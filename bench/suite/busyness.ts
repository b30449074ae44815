/** Who was busy and who was idle, as the notes beside the figures say it. */
import { spreadOf } from './finding.js';

/** One round of a benchmark. Shares of a core, from 0 to 1; Node's own threads can take a server above. */
export interface Busyness {
  readonly serverBusy: number;
  readonly loadIdle: number;
}

export function busynessInWords(name: string, rounds: readonly Busyness[]): string {
  const server = medianPercent(rounds.map(({ serverBusy }) => serverBusy));
  const load = medianPercent(rounds.map(({ loadIdle }) => loadIdle));
  return `${name}: server busy ${server}, load idle ${load}`;
}

/** @param shares one a round, from 0 to 1. */
export function medianPercent(shares: readonly number[]): string {
  return percent(spreadOf(shares).median);
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
