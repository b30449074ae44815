import { seededRandom } from './random.js';

/** What one party wants, and what becomes of it if it gets its seats. */
export interface Party {
  /** Particular seats, picked off the map; or whatever the house thinks best. */
  readonly wish: 'particular' | 'best_available';
  readonly count: number;
  readonly fate: 'book' | 'extend_and_book' | 'give_one_back_and_book' | 'drop_out_and_book' | 'release' | 'walk_away';
  /** Whether, and with which command under way, its connection breaks: that command is then sent again. */
  readonly losesLine: 'never' | 'holding' | 'booking';
  readonly thinkMs: number;
  /** After this party and before the buyer's next. */
  readonly pauseMs: number;
}

/** The decisions of one buyer. Its parties follow from the seed alone, whatever happens meanwhile. */
export class BuyerPlan {
  readonly #random: () => number;
  /** What depends on how often things went wrong is drawn from a stream of its own, so that it shifts no party. */
  readonly #mishap: () => number;
  /** Between the opening of the doors and the first click. Half of the people have their finger on the button. */
  readonly arrivalMs: number;
  /** Some lose their connection once, so long after their first click; a command may be in flight then. */
  readonly disconnectAfterMs: number | undefined;

  constructor(seed: number, index: number) {
    const own = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
    this.#random = seededRandom(own);
    this.#mishap = seededRandom(~own);
    this.arrivalMs = this.#random() < 0.5 ? 0 : whole(this.#random(), 0, 2_000);
    this.disconnectAfterMs = this.#random() < 0.12 ? whole(this.#random(), 0, 4_000) : undefined;
  }

  party(): Party {
    return {
      wish: this.#random() < 0.6 ? 'particular' : 'best_available',
      count: pick(this.#random(), COUNTS),
      fate: pick(this.#random(), FATES),
      losesLine: pick(this.#random(), LOSSES),
      thinkMs: whole(this.#random(), 50, 500),
      pauseMs: whole(this.#random(), 200, 1_000),
    };
  }

  /** How long to wait before trying again; whole milliseconds. */
  wait(fromMs: number, toMs: number): number {
    return whole(this.#mishap(), fromMs, toMs);
  }

  /** Which of the seats that look best: a share of them, from 0 up to, not including, 1. */
  choice(): number {
    return this.#mishap();
  }

  /** After a lost connection: whether the page was loaded anew and so has the session, but no map to go on from. */
  reloads(): boolean {
    return this.#mishap() < 0.4;
  }
}

function whole(draw: number, from: number, to: number): number {
  return Math.floor(from + draw * (to - from));
}

type Shares<T> = readonly (readonly [share: number, value: T])[];

const COUNTS: Shares<number> = [
  [0.3, 1],
  [0.4, 2],
  [0.15, 3],
  [0.15, 4],
];
const FATES: Shares<Party['fate']> = [
  [0.62, 'book'],
  [0.06, 'extend_and_book'],
  [0.06, 'give_one_back_and_book'],
  [0.06, 'drop_out_and_book'],
  [0.12, 'release'],
  [0.08, 'walk_away'],
];

const LOSSES: Shares<Party['losesLine']> = [
  [0.88, 'never'],
  [0.04, 'holding'],
  [0.08, 'booking'],
];

function pick<T>(draw: number, shares: Shares<T>): T {
  let left = draw;
  for (const [share, value] of shares) {
    left -= share;
    if (left < 0) return value;
  }
  // Only rounding leads here: the shares add up to one.
  const last = shares.at(-1);
  if (!last) throw new RangeError('Nothing to pick from.');
  return last[1];
}
