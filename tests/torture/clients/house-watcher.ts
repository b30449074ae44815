import { WebSocket } from 'ws';
import type { Recorder } from './recorder.js';

const LETTERS: Readonly<Record<string, string>> = { available: '.', held: 'h', booked: 'b', blocked: 'x' };
const RETRY_MS = 300;
const SILENCE_MS_MAX = 4_000;

interface Heard {
  readonly type: string;
  readonly epoch: number;
  readonly seq: number;
  readonly seats?: string;
  readonly changes?: readonly (readonly [number, string])[];
}

/** Which house was seen at each position, by whoever saw it first: it is written down once, and again where it differs. */
export class SeenHouses {
  readonly #recorder: Recorder;
  readonly #houses = new Map<string, string>();
  /** How often a position was seen again, and compared. */
  compared = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  see(process: string, showtime: string, invoked: number, epoch: number, seq: number, house: string): void {
    const place = `${showtime} ${epoch}.${seq}`;
    const known = this.#houses.get(place);
    if (known !== undefined) this.compared++;
    if (known === house) return;
    this.#houses.set(place, house);
    this.#recorder.read({ process, showtime, invoked, epoch, seq, house, strict: false });
  }
}

/** Follows one showtime at one node, delta by delta, and starts over whenever it missed one. */
export class HouseWatcher {
  readonly name: string;
  readonly showtime: string;
  readonly #url: string;
  readonly #seen: SeenHouses;
  readonly #recorder: Recorder;
  #socket: WebSocket | undefined;
  #house: string[] = [];
  #epoch = -1;
  #seq = -1;
  #heardAt = 0;
  #isClosed = false;
  readonly #watch: NodeJS.Timeout;

  constructor(name: string, nodeUrl: string, showtime: string, seen: SeenHouses, recorder: Recorder) {
    this.name = name;
    this.showtime = showtime;
    this.#url = `${nodeUrl.replace('http', 'ws')}/v1/showtimes/${showtime}/live?moved=1`;
    this.#seen = seen;
    this.#recorder = recorder;
    this.#open();
    // A link that is broken without a word is known by its silence.
    this.#watch = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS_MAX) this.#socket?.terminate();
    }, 1_000);
  }

  /** `epoch.seq house`, as it is now. */
  get view(): string {
    return `${this.#epoch}.${this.#seq} ${this.#house.join('')}`;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#watch);
    this.#socket?.terminate();
  }

  #open(): void {
    const socket = new WebSocket(this.#url, 'usher.v1.json', { handshakeTimeout: SILENCE_MS_MAX });
    this.#socket = socket;
    this.#heardAt = performance.now();
    this.#epoch = -1;
    socket.on('error', () => {});
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello' })));
    socket.on('message', (data) => this.#received(JSON.parse(String(data)) as Heard));
    socket.on('close', () => {
      this.#epoch = -1;
      if (!this.#isClosed) setTimeout(() => this.#isClosed || this.#open(), RETRY_MS);
    });
  }

  #received({ type, epoch, seq, seats, changes }: Heard): void {
    this.#heardAt = performance.now();
    if (type === 'snapshot') {
      this.#house = [...(seats ?? '')];
      this.#epoch = epoch;
      this.#seq = seq;
      this.#tell();
    } else if (type === 'delta' && this.#epoch !== -1) {
      if (epoch !== this.#epoch || seq !== this.#seq + 1) {
        this.#socket?.terminate();
        return;
      }
      for (const [seat, status] of changes ?? []) this.#house[seat] = LETTERS[status] ?? '?';
      this.#seq = seq;
      this.#tell();
    }
  }

  #tell(): void {
    const { name, showtime } = this;
    this.#seen.see(name, showtime, this.#recorder.now(), this.#epoch, this.#seq, this.#house.join(''));
  }
}
