import type { Stage } from '../stage/stage.js';

/** One way to break something. Made anew for each time, with what it picks by the run's own dice. */
export interface Fault {
  /** As in the history: `node killed`. */
  readonly name: string;
  /** What it was done to, for the history. */
  readonly detail: string;
  start(): Promise<void>;
  /** Everything as before; also where `start` failed half-way. */
  heal(): Promise<void>;
}

export type MakeFault = (stage: Stage, random: () => number) => Fault;

export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}
