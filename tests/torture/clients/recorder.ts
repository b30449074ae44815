import { createWriteStream, type WriteStream } from 'node:fs';
import type {
  FaultLine,
  InvokeLine,
  LifeLine,
  Line,
  PromotionLine,
  ReadLine,
  RunLine,
  ShowtimeLine,
  Told,
  Wish,
} from '../checker/history.js';
import type { Promotion } from '../stage/paired-database.js';
import type { StoredLoss } from '../stage/read-postgres.js';

/** Writes the history down as it happens, one JSON line each, and keeps it. */
export class Recorder {
  readonly lines: Line[] = [];
  readonly #file: WriteStream;
  readonly #zero = performance.now();
  readonly #losses = new Set<string>();
  #lastOp = 0;
  #isClosed = false;

  constructor(file: string, seed: number, showtimes: readonly ShowtimeLine[]) {
    this.#file = createWriteStream(file);
    const wallAtZeroMs = Date.now() - (performance.now() - this.#zero);
    const run: RunLine = { type: 'run', seed, wallAtZeroMs, showtimes };
    this.#write(run);
  }

  /** Milliseconds since the run began. */
  now(): number {
    return Math.round((performance.now() - this.#zero) * 1_000) / 1_000;
  }

  /** To be called before the command is sent; returns what its answer is told by. */
  invoke(process: string, showtime: string, commandId: string, wish: Wish): number {
    const op = ++this.#lastOp;
    const line: InvokeLine = { type: 'invoke', process, op, showtime, commandId, time: this.now(), ...wish };
    this.#write(line);
    return op;
  }

  answered(process: string, op: number, told: Told): void {
    this.#write({ type: 'return', process, op, time: this.now(), ...told });
  }

  read(read: Omit<ReadLine, 'type' | 'time'>): void {
    this.#write({ type: 'read', time: this.now(), ...read });
  }

  fault(name: string, phase: FaultLine['phase'], detail?: string): void {
    this.#write({ type: 'fault', name, phase, time: this.now(), ...(detail === undefined ? {} : { detail }) });
  }

  life(node: string, phase: LifeLine['phase']): void {
    this.#write({ type: 'life', node, phase, time: this.now() });
  }

  moment(name: string, showtimes: readonly string[]): void {
    this.#write({ type: 'moment', name, time: this.now(), showtimes });
  }

  promotion({ deadAt, promotedAt, synchronous, lost }: Promotion): void {
    const [time, dead] = [promotedAt - this.#zero, deadAt - this.#zero];
    this.#write({ type: 'promotion', time, deadAt: dead, synchronous, lost } satisfies PromotionLine);
  }

  /** Those of the report that were not in it before. */
  losses(report: readonly StoredLoss[]): void {
    for (const loss of report) {
      const key = `${loss.showtime} ${loss.subject} ${loss.seat}`;
      if (this.#losses.has(key)) continue;
      this.#losses.add(key);
      this.#write({ type: 'loss', time: this.now(), ...loss });
    }
  }

  /** Resolves when all is in the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await new Promise<void>((resolve) => this.#file.end(resolve));
  }

  #write(line: Line): void {
    // Who is still answered when all is over has asked nothing that counts.
    if (this.#isClosed) return;
    this.lines.push(line);
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}
