import { Random } from '../world/random.js';

/** What goes wrong, and how long it lasts. `at` in milliseconds from the start. */
export interface Fault {
  readonly at: number;
  readonly kind: FaultKind;
  /** Which node or buyer, counted from 0 and round again. */
  readonly whom: number;
  readonly ms: number;
}

const WEIGHTS = {
  crash: 4,
  freeze: 4,
  drain: 3,
  join: 2,
  'postgres away': 2,
  'postgres slow': 2,
  'postgres flaky': 4,
  'postgres away from one': 3,
  promotion: 3,
  'standby away': 2,
  'redis away': 2,
  'redis slow': 1,
  'redis flaky': 2,
  'redis away from one': 3,
  'redis forgets': 2,
  'redis tells the past': 1,
  'link cut': 2,
  'link loses': 3,
  'link late': 2,
  'link repeats': 2,
  'sockets reset': 2,
  'socket cut': 3,
  'socket stalls': 4,
  'reader slow': 3,
  pin: 2,
  'owner cut off': 3,
} as const;

/**
 * How long an owner is cut off: until it was found dead and another took over, and it has asked that one in vain for the
 * showtime, for four seconds, and claimed it back.
 */
export const CUT_OFF_MS = 6_500;

export type FaultKind = keyof typeof WEIGHTS;

/** One run of the simulation, all of it drawn from one number. */
export interface Plan {
  readonly seed: number;
  readonly nodes: number;
  /** By number: each has a stream of chance of its own. */
  readonly buyers: readonly number[];
  /** Who wait for seats, by number. */
  readonly waiters: readonly number[];
  /** Who make orders and pay them, by number. */
  readonly shoppers: readonly number[];
  readonly showtimes: number;
  readonly seats: number;
  readonly addressed: boolean;
  readonly hotWatchers: number;
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** How long faults and buyers go on; after it all is made good, and must come right. */
  readonly chaosMs: number;
  /** From when Redis is away for good, also for what must come right in the end; undefined: it stays. */
  readonly redisGoneAt: number | undefined;
  readonly faults: readonly Fault[];
}

export function planOf(seed: number): Plan {
  const random = new Random(seed, 'plan');
  const chaosMs = random.between(1_500, 6_000);
  // Some runs are calm: what breaks there breaks without any fault.
  const faultCount = random.chance(0.1) ? 0 : random.between(1, 12);
  const plan = {
    seed,
    nodes: random.between(1, 4),
    buyers: Array.from({ length: random.between(1, 5) }, (_, index) => index + 1),
    waiters: waitersOf(seed),
    shoppers: shoppersOf(seed),
    showtimes: random.between(1, 3),
    seats: random.between(3, 9),
    addressed: random.chance(0.6),
    hotWatchers: random.chance(0.3) ? 0 : 100,
    latencyMs: random.between(0, 20),
    jitterMs: random.pick([0, 5, 60]),
    redisGoneAt: redisGoneAt(seed, chaosMs),
    faults: Array.from({ length: faultCount }, () => ({
      at: random.between(300, chaosMs),
      kind: random.weighted(WEIGHTS),
      whom: random.between(0, 11),
      ms: random.pick([20, 100, 400, 1_000, 2_500]) + random.between(0, 300),
    })).toSorted((a, b) => a.at - b.at),
  };
  const cutOff = plan.faults.findLast(({ kind }) => kind === 'owner cut off');
  return { ...plan, chaosMs: Math.max(chaosMs, cutOff ? cutOff.at + CUT_OFF_MS : 0) };
}

/** By a stream of chance of its own: the rest of a plan is the same with Redis and without. */
function redisGoneAt(seed: number, chaosMs: number): number | undefined {
  const random = new Random(seed, 'redis');
  return random.chance(0.15) ? random.between(0, chaosMs) : undefined;
}

/** In less than half of the plans somebody waits. By a stream of its own, as above. */
function waitersOf(seed: number): readonly number[] {
  const random = new Random(seed, 'waitlist');
  return random.chance(0.4) ? Array.from({ length: random.between(1, 4) }, (_, index) => index + 1) : [];
}

/** In more than half of the plans somebody pays. By a stream of its own, as above. */
function shoppersOf(seed: number): readonly number[] {
  const random = new Random(seed, 'shoppers');
  return random.chance(0.6) ? Array.from({ length: random.between(1, 3) }, (_, index) => index + 1) : [];
}

export function describeFault({ at, kind, whom, ms }: Fault): string {
  return `${at} ms: ${kind} (${whom}), for ${ms} ms`;
}
