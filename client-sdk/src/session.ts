import type { SessionStore } from './session-store.js';

/** Answers with the token of a signed-in user. `refused`: the server refused the last one, so a cached one will not do. */
export type TokenSource = (why: { readonly refused: boolean }) => string | Promise<string>;

/**
 * The token that this client says hello with. The caller renews one that the caller gave, through a source where there is
 * one; a token that was only remembered (a guest's, from the store or an earlier welcome) may have run out, and is then
 * worth no more than none.
 */
export class Session {
  readonly #store: SessionStore | undefined;
  readonly #given: boolean;
  readonly #source: TokenSource | undefined;
  #token: string | undefined;
  #refused = false;

  constructor(given: string | undefined, source: TokenSource | undefined, store: SessionStore | undefined) {
    this.#store = store;
    this.#source = source;
    this.#given = given !== undefined || source !== undefined;
    this.#token = given ?? (source ? undefined : store?.load());
  }

  /** Asks the source, where there is one. Rejects where the source does. */
  renew(): Promise<void> | undefined {
    const source = this.#source;
    return (
      source &&
      (async () => {
        this.#token = await source({ refused: this.#refused });
      })()
    );
  }

  get token(): string | undefined {
    return this.#token;
  }

  welcomed(token: string): void {
    this.#refused = false;
    if (token === this.#token) return;
    this.#token = token;
    if (!this.#given) this.#store?.save(token);
  }

  /** The server refused the token. True: the source has not been asked since the last welcome for another one. */
  askAgain(): boolean {
    const first = this.#source !== undefined && !this.#refused;
    this.#refused = true;
    return first;
  }

  /** The server refused the token. True: it was a remembered one and is forgotten, so a new guest may be tried. */
  forget(): boolean {
    if (this.#given || this.#token === undefined) return false;
    this.#token = undefined;
    return true;
  }
}
