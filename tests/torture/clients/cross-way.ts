import { setTimeout as sleep } from 'node:timers/promises';
import { type Told, type Wish, wasDecided } from '../checker/history.js';
import { isHold } from '../checker/seat-histories.js';
import { HttpWay } from './http-way.js';
import { RawSocket } from './raw-socket.js';
import type { Recorder } from './recorder.js';
import { messageOf } from './told.js';
import type { Way } from './way.js';

const SIGNED_IN_MS = 20;

/**
 * Alone in its house. It holds by HTTP at one node, and says what it wants of the hold over a socket to another: as a first
 * try, which a node may refuse from memory. A node that was overtaken meets nobody else there from whom it could learn that.
 */
export class CrossWay implements Way {
  readonly name: string;
  readonly #showtime: string;
  readonly #recorder: Recorder;
  readonly #http: HttpWay;
  readonly #pass: { session: string | undefined } = { session: undefined };
  readonly #sockets: readonly RawSocket[];
  readonly #random: () => number;
  #isClosed = false;

  constructor(name: string, urls: readonly string[], showtime: string, recorder: Recorder, random: () => number) {
    this.name = name;
    this.#showtime = showtime;
    this.#recorder = recorder;
    this.#random = random;
    this.#http = new HttpWay(name, urls, showtime, recorder, random);
    this.#sockets = urls.map((url) => new RawSocket(url, showtime, this.#pass));
    void this.#open();
  }

  async perform(wish: Wish, commandId: string): Promise<Told> {
    const socket = isHold(wish.f) ? undefined : this.#anotherNode();
    if (!socket) return await this.#http.perform(wish, commandId);
    const op = this.#recorder.invoke(this.name, this.#showtime, commandId, wish);
    const told = await socket.send(messageOf(wish), commandId);
    this.#recorder.answered(this.name, op, told);
    if (wasDecided(told)) return told;
    const later = await this.#http.perform(wish, commandId);
    return later.phase !== 'ok' && told.phase === 'unknown' ? { ...later, phase: 'unknown' } : later;
  }

  close(): void {
    this.#isClosed = true;
    this.#http.close();
    for (const socket of this.#sockets) socket.close();
  }

  /** Than the one that answered over HTTP last. */
  #anotherNode(): RawSocket | undefined {
    const live = this.#sockets.filter(({ isLive }, node) => isLive && node !== this.#http.answeredBy);
    return live[Math.floor(this.#random() * live.length)];
  }

  /** As the holder that HTTP has made. */
  async #open(): Promise<void> {
    while (this.#http.session === undefined && !this.#isClosed) await sleep(SIGNED_IN_MS);
    if (this.#isClosed) return;
    this.#pass.session = this.#http.session;
    for (const socket of this.#sockets) socket.open();
  }
}
