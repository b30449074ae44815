import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { Cache } from './cache-port.js';
import { repeat } from './repeat.js';

/**
 * What an operator may switch off to save the rest. Nothing that would break a promise made is among them: whoever has a
 * hold can always book, extend or release it, and every open map stays live.
 *
 * - `best_available`: the search for seats, the one command whose cost grows with the hall.
 * - `new_sessions`: sessions for guests that have none; whoever is in stays in.
 * - `http_commands`: commands over HTTP; the WebSocket takes them at a fraction of the cost.
 * - `availability`: counts in listings, and the traffic to the cache that they cost.
 * - `docs`: the pages at `/docs`; `/openapi.json` stays.
 */
export const TOGGLES = ['best_available', 'new_sessions', 'http_commands', 'availability', 'docs'] as const;

export type Toggle = (typeof TOGGLES)[number];

/** In the cache: what is off in the whole cluster, separated by commas. Absent or empty: nothing is. */
export const TOGGLES_KEY = 'toggles';

export interface TogglesOptions {
  /** What this node never does, whatever the cache says. */
  readonly off: readonly Toggle[];
  readonly cache: Cache;
  readonly timers: Timers;
  readonly log: Log;
  readonly everyMs?: number;
}

/** Which parts of the service are on. Asking costs a look into a set; the cache is read in the background. */
export class Toggles {
  readonly #options: TogglesOptions;
  #off: ReadonlySet<string>;
  #text = '';
  readonly #stop: () => Promise<void>;

  constructor(options: TogglesOptions) {
    this.#options = options;
    this.#off = new Set(options.off);
    const { timers, everyMs = 3_000 } = options;
    this.#stop = repeat(timers, everyMs, () => this.#learn());
  }

  isOn(toggle: Toggle): boolean {
    return !this.#off.has(toggle);
  }

  async stop(): Promise<void> {
    await this.#stop();
  }

  async #learn(): Promise<void> {
    const { cache, off, log } = this.#options;
    const answer = await cache.get(TOGGLES_KEY);
    // No answer: what was off stays off, for the cache may be away because of the very load.
    if (!answer) return;
    const text = answer.value ?? '';
    if (text === this.#text) return;
    this.#text = text;
    const names = text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const known = names.filter(isToggle);
    this.#off = new Set([...off, ...known]);
    // Somebody typed this by hand, and should hear what became of it.
    const unknown = names.filter((name) => !isToggle(name)).map((name) => name.slice(0, 40));
    log.warn(
      {
        event: 'toggles.changed',
        off: [...this.#off],
        ...(unknown.length > 0 ? { unknown: unknown.slice(0, 10) } : {}),
      },
      'The toggles changed.',
    );
  }
}

export function isToggle(name: string): name is Toggle {
  return (TOGGLES as readonly string[]).includes(name);
}
