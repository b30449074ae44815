/** Called once for each page that was refused. */
export type OnRefused = (origin: string, host: string) => void;

/** Past so many different ones nothing more is told: whoever makes them up must not fill the log. */
const TOLD_MAX = 100;

/**
 * Which pages may talk to us from a browser. Requests without an Origin are not from a page of another site; an Origin
 * equal to our own Host is ours; all else must be listed.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #onRefused: OnRefused;
  readonly #told = new Set<string>();

  /** Origins as browsers send them (`https://tickets.example`), or `*` for all. */
  constructor(allowed: readonly string[], onRefused: OnRefused = () => {}) {
    this.#allowed = new Set(allowed);
    this.#onRefused = onRefused;
  }

  /** As `allows`, and tells of the first refusal of each origin: its page only sees that a connection failed. */
  admits(origin: string, host: string): boolean {
    if (this.allows(origin, host)) return true;
    if (!this.#told.has(origin) && this.#told.size < TOLD_MAX) {
      this.#told.add(origin);
      this.#onRefused(origin, host);
    }
    return false;
  }

  allows(origin: string, host: string): boolean {
    if (origin === '' || this.#allowed.has('*') || this.#allowed.has(origin)) return true;
    // Only of the web: `file://` and `data:` have an empty host, as a request without the header has.
    return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
  }
}
