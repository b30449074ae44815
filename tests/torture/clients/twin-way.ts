import { setTimeout as sleep } from 'node:timers/promises';
import { type Told, type Wish, wasDecided } from '../checker/history.js';
import { RawSocket } from './raw-socket.js';
import type { Recorder } from './recorder.js';
import { messageOf, UNKNOWN } from './told.js';
import type { Way } from './way.js';

const PAUSE_MS = 250;
const ROUNDS_MAX = 40;

/** Sends each command twice at the same moment, over sockets to two nodes, with one commandId: one effect may come of it. */
export class TwinWay implements Way {
  readonly name: string;
  readonly #showtime: string;
  readonly #recorder: Recorder;
  readonly #pass: { session: string | undefined } = { session: undefined };
  readonly #sockets: readonly RawSocket[];
  #isClosed = false;

  constructor(name: string, urls: readonly string[], showtime: string, recorder: Recorder) {
    this.name = name;
    this.#showtime = showtime;
    this.#recorder = recorder;
    this.#sockets = urls.map((url) => new RawSocket(url, showtime, this.#pass));
    void this.#open();
  }

  async perform(wish: Wish, commandId: string): Promise<Told> {
    let uncertain = false;
    for (let round = 0; round < ROUNDS_MAX && !this.#isClosed; round++) {
      const live = this.#sockets.filter(({ isLive }) => isLive);
      const copies = await Promise.all(live.map((socket) => this.#copy(socket, wish, commandId)));
      const ok = copies.find(({ phase }) => phase === 'ok');
      if (ok) return ok;
      uncertain ||= copies.some(({ phase }) => phase === 'unknown');
      const refused = copies.find(wasDecided);
      // All refused it, each for itself. A copy that nobody answered for may yet arrive.
      if (refused) return uncertain ? { ...refused, phase: 'unknown' } : refused;
      await sleep(PAUSE_MS);
    }
    return uncertain ? UNKNOWN : { phase: 'fail', error: 'unavailable' };
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close();
  }

  async #copy(socket: RawSocket, wish: Wish, commandId: string): Promise<Told> {
    const op = this.#recorder.invoke(this.name, this.#showtime, commandId, wish);
    const told = await socket.send(messageOf(wish), commandId);
    this.#recorder.answered(this.name, op, told);
    return told;
  }

  /** One after the other: the second comes with the session of the first. */
  async #open(): Promise<void> {
    for (const socket of this.#sockets) {
      if (this.#isClosed) return;
      socket.open();
      while (this.#pass.session === undefined && !this.#isClosed) await sleep(20);
    }
  }
}
