import type { Plan } from './plan/plan.js';
import { type Outcome, simulate } from './simulate.js';

/** A bound on the patience of whoever waits for it. */
const RUNS_MAX = 200;

export interface Shrunk {
  readonly plan: Plan;
  readonly outcome: Outcome;
  /** Runs that it took. */
  readonly runs: number;
}

/**
 * Looks for the least that breaks the same promise: fewer faults, buyers, nodes and showtimes, and an earlier end. What
 * is left is run once more with its trace.
 */
export async function shrink(plan: Plan, promise: string): Promise<Shrunk> {
  let smallest = plan;
  let runs = 0;
  for (let isSmaller = true; isSmaller && runs < RUNS_MAX; ) {
    isSmaller = false;
    for (const smaller of candidates(smallest)) {
      if (runs >= RUNS_MAX) break;
      runs++;
      if (!breaks(await simulate(smaller), promise)) continue;
      smallest = smaller;
      isSmaller = true;
      break;
    }
  }
  return { plan: smallest, outcome: await simulate(smallest, true), runs: runs + 1 };
}

function breaks({ violations }: Outcome, promise: string): boolean {
  return violations.some((violation) => violation.promise === promise);
}

/** Each smaller than the plan; the boldest first. */
function* candidates(plan: Plan): Generator<Plan> {
  const { faults, buyers, waiters, shoppers, nodes, showtimes, chaosMs } = plan;
  for (let size = faults.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < faults.length; from += size) {
      yield { ...plan, faults: [...faults.slice(0, from), ...faults.slice(from + size)] };
    }
  }
  for (const gone of buyers) if (buyers.length > 1) yield { ...plan, buyers: buyers.filter((one) => one !== gone) };
  for (const gone of waiters) yield { ...plan, waiters: waiters.filter((one) => one !== gone) };
  for (const gone of shoppers) yield { ...plan, shoppers: shoppers.filter((one) => one !== gone) };
  if (chaosMs > 800) yield { ...plan, chaosMs: Math.floor(chaosMs * 0.7) };
  if (nodes > 1) yield { ...plan, nodes: nodes - 1 };
  if (showtimes > 1) yield { ...plan, showtimes: showtimes - 1 };
}
