export interface Timers {
  /** Calls once after `delayMs` (not before; late under load). Returns the cancel. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls once when the input that is already here has been handled: work gathered meanwhile forms one batch. */
  soon(call: () => void): void;
}
