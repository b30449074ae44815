/** One fault that is to come. */
export interface PlannedFault {
  readonly name: string;
  /** Before it starts. */
  readonly delayMs: number;
  readonly lastsMs: number;
}

const DELAY_MS_MAX = 1_500;
const LASTS_MS_MIN = 1_000;
const LASTS_MS_MAX = 6_000;
const SECOND_SHARE = 0.35;

/** Draws what is to be broken next, and for how long: every kind once, in any order, before one comes again. */
export class FaultDeck {
  readonly #kinds: readonly string[];
  readonly #random: () => number;
  readonly #mayCoincide: (a: string, b: string) => boolean;
  #deck: string[] = [];

  constructor(kinds: readonly string[], random: () => number, mayCoincide = (a: string, b: string) => a !== b) {
    this.#kinds = kinds;
    this.#random = random;
    this.#mayCoincide = mayCoincide;
  }

  /** One, or two that overlap; never two at once that would heal one another, as the same twice. */
  next(): readonly PlannedFault[] {
    const first = this.#draw();
    if (this.#random() >= SECOND_SHARE) return [first];
    const second = this.#draw();
    if (this.#mayCoincide(first.name, second.name)) return [first, second];
    // Its turn is still to come.
    if (second.name !== first.name) this.#deck.push(second.name);
    return [first];
  }

  #draw(): PlannedFault {
    if (this.#deck.length === 0) this.#deck = [...this.#kinds];
    const [name = ''] = this.#deck.splice(Math.floor(this.#random() * this.#deck.length), 1);
    const delayMs = this.#random() * DELAY_MS_MAX;
    return { name, delayMs, lastsMs: LASTS_MS_MIN + this.#random() * (LASTS_MS_MAX - LASTS_MS_MIN) };
  }
}
