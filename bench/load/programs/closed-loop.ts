/** Sockets that each send one prepared frame, wait for the answer, and send the next: as fast as the server answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadSocket, type SocketTarget } from '../load-socket.js';
import { maskedFrame, OPCODE } from '../masked-frame.js';
import { serveOrders } from '../serve-orders.js';

export interface LoopTarget extends SocketTarget {
  /** Sent once when the socket is open, and answered by so many messages before the loop begins. */
  readonly greeting?: { readonly text: string; readonly answers: number };
  /** What each socket sends in turn, again and again; all answered by one message each. */
  readonly messages: readonly (readonly string[])[];
}

export interface Counted {
  readonly answers: number;
  /** One answer as it came, of each socket: for the one who asked to see that they are what was meant. */
  readonly samples: readonly Uint8Array[];
}

class Looper {
  answers = 0;
  sample: Uint8Array = new Uint8Array(0);
  running = false;
  readonly ready: Promise<void>;
  readonly #socket: LoadSocket;
  readonly #frames: readonly Buffer[];
  #next = 0;
  #greeted: number;

  constructor(target: LoopTarget, messages: readonly string[]) {
    this.#frames = messages.map((text) => maskedFrame(OPCODE.text, text));
    this.#greeted = target.greeting?.answers ?? 0;
    let entered = () => {};
    let failed = (_: Error) => {};
    this.ready = new Promise((resolve, reject) => {
      entered = resolve;
      failed = reject;
    });
    this.#socket = new LoadSocket(target, {
      open: () => {
        if (target.greeting) this.#socket.sendText(target.greeting.text);
        else entered();
      },
      message: (payload) => {
        if (this.#greeted > 0) {
          if (--this.#greeted === 0) entered();
          return;
        }
        if (this.answers++ === 0) this.sample = Uint8Array.from(payload);
        if (this.running) this.send();
      },
      closed: (code, reason) => failed(new Error(`closed: ${code} ${reason}`)),
    });
  }

  send(): void {
    const frame = this.#frames[this.#next];
    this.#next = this.#next + 1 === this.#frames.length ? 0 : this.#next + 1;
    if (frame) this.#socket.sendFrame(frame);
  }

  close(): void {
    this.#socket.close(1000);
  }
}

let loopers: Looper[] = [];

const orders = {
  async connect(target: LoopTarget): Promise<void> {
    for (const looper of loopers) looper.close();
    loopers = target.messages.map((messages) => new Looper(target, messages));
    await Promise.all(loopers.map(({ ready }) => ready));
  },
  async run(ms: number): Promise<Counted> {
    for (const looper of loopers) {
      looper.answers = 0;
      looper.running = true;
      looper.send();
    }
    await sleep(ms);
    const answers = loopers.reduce((sum, looper) => sum + looper.answers, 0);
    for (const looper of loopers) looper.running = false;
    // The last answers come in before the next run counts its own.
    await sleep(100);
    return { answers, samples: loopers.map(({ sample }) => sample) };
  },
};

export type ClosedLoop = typeof orders;
serveOrders(orders);
