import { Unpackr } from 'msgpackr';
import { PART_HEADER_BYTES, PART_MARK } from './frame-writer.js';

/** What came in parts, as far as it came: always the first ones, without a gap. */
interface Unfinished {
  readonly number: number;
  readonly count: number;
  readonly parts: Buffer[];
  bytes: number;
  touchedAt: number;
}

/** The parts of one message follow each other closely; after so long the rest is lost. */
const PART_WAIT_MS_MAX = 10_000;
/** Of all that is unfinished, from all senders. */
const UNFINISHED_BYTES_MAX = 32 * 1024 * 1024;

/** Frames of all senders to payloads. */
export class FrameReader {
  readonly #unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });
  /** By channel and sender, the one touched last at the end: a sender sends one message after the other. */
  readonly #unfinished = new Map<string, Unfinished>();
  readonly #now: () => number;
  #bytes = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The payload, or undefined where parts of it are to come, or were lost. Byte strings in it are views of what was
   * received. Throws for what is no frame of ours.
   */
  read(channel: string, frame: Buffer): { readonly payload: unknown } | undefined {
    if (frame[0] !== PART_MARK) return { payload: this.#unpackr.unpack(frame) };
    if (frame.length <= PART_HEADER_BYTES) throw new RangeError('A part without anything in it.');
    const whole = this.#join(`${frame.toString('latin1', 1, 9)}${channel}`, frame);
    return whole && { payload: this.#unpackr.unpack(whole) };
  }

  /** Lets go of what nobody is going to finish. */
  sweep(): void {
    const since = this.#now() - PART_WAIT_MS_MAX;
    for (const [key, unfinished] of this.#unfinished) {
      if (unfinished.touchedAt > since) return;
      this.#drop(key);
    }
  }

  #join(key: string, frame: Buffer): Buffer | undefined {
    const number = frame.readUInt32BE(9);
    const place = frame.readUInt16BE(13);
    const count = frame.readUInt16BE(15);
    const before = this.#drop(key);
    const isNext = before && before.number === number && before.count === count && before.parts.length === place;
    // A part without those before it is the rest of a message that was lost on the way.
    if (!isNext && place !== 0) return undefined;
    const { parts, bytes }: Pick<Unfinished, 'parts' | 'bytes'> = isNext ? before : { parts: [], bytes: 0 };
    parts.push(frame.subarray(PART_HEADER_BYTES));
    if (parts.length === count) return Buffer.concat(parts);
    this.#keep(key, { number, count, parts, bytes: bytes + frame.length, touchedAt: this.#now() });
    return undefined;
  }

  #keep(key: string, unfinished: Unfinished): void {
    this.#unfinished.set(key, unfinished);
    this.#bytes += unfinished.bytes;
    for (const oldest of this.#unfinished.keys()) {
      if (this.#bytes <= UNFINISHED_BYTES_MAX) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): Unfinished | undefined {
    const dropped = this.#unfinished.get(key);
    this.#unfinished.delete(key);
    this.#bytes -= dropped?.bytes ?? 0;
    return dropped;
  }
}
