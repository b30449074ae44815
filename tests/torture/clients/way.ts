import type { Told, Wish } from '../checker/history.js';

/** How a buyer reaches the server. It writes down each try, and pursues a command as its kind of client does. */
export interface Way {
  /** `sdk-3`, `http-1`, `twin-2`. */
  readonly name: string;
  /** Resolves with what the command came to in the end; never rejects. */
  perform(wish: Wish, commandId: string): Promise<Told>;
  close(): void;
}
