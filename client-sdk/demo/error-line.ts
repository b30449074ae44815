import type { ClientError } from '../src/index.js';
import { element } from './element.js';
import { errorText } from './error-text.js';

/** Says what came of a command that failed. It goes with the next try, and once a lost connection is back. */
export class ErrorLine {
  readonly element = element('p', { className: 'alert', role: 'alert', hidden: true });
  #retryable = false;
  #wasStale = false;

  say(error: ClientError): void {
    this.#retryable = error.retryable;
    this.element.textContent = errorText(error);
    this.element.hidden = false;
  }

  clear(): void {
    this.element.hidden = true;
  }

  /** Call when the connection changed: "try again later" is no longer true once it is back. */
  update(stale: boolean): void {
    if (this.#wasStale && !stale && this.#retryable) this.clear();
    this.#wasStale = stale;
  }
}
