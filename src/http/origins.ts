/**
 * Which pages may talk to us from a browser. Requests without an Origin are not from a page of another site; an Origin
 * equal to our own Host is ours; all else must be listed.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  /** Origins as browsers send them (`https://tickets.example`), or `*` for all. */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed);
  }

  allows(origin: string, host: string): boolean {
    if (origin === '' || this.#allowed.has('*') || this.#allowed.has(origin)) return true;
    // Only of the web: `file://` and `data:` have an empty host, as a request without the header has.
    return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
  }
}
