import type { SessionStore } from './session-store.js';

/**
 * The token that this client says hello with. One that the caller gave is the caller's to renew; one that was only
 * remembered (a guest's, from the store or an earlier welcome) may have run out, and is then worth no more than none.
 */
export class Session {
  readonly #store: SessionStore | undefined;
  readonly #given: boolean;
  #token: string | undefined;

  constructor(given: string | undefined, store: SessionStore | undefined) {
    this.#store = store;
    this.#given = given !== undefined;
    this.#token = given ?? store?.load();
  }

  get token(): string | undefined {
    return this.#token;
  }

  welcomed(token: string): void {
    if (token === this.#token) return;
    this.#token = token;
    if (!this.#given) this.#store?.save(token);
  }

  /** The server refused the token. True: it was a remembered one and is forgotten, so a new guest may be tried. */
  forget(): boolean {
    if (this.#given || this.#token === undefined) return false;
    this.#token = undefined;
    return true;
  }
}
