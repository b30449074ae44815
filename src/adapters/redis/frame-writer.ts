import { randomBytes } from 'node:crypto';
import { Packr } from 'msgpackr';

/**
 * A small payload is one frame, plain MessagePack. A large one is cut into parts, so that no single message fills what
 * Redis grants a subscriber. A part begins with 0xc1, the one byte that MessagePack never uses; then come its sender
 * (8 bytes), the number of the message among the sender's (4), its place in it and the count of parts (2 each).
 */
export const PART_MARK = 0xc1;
export const PART_HEADER_BYTES = 17;
export const PART_BYTES_MAX = 256 * 1024;

/** Maps that any MessagePack library reads; members that are undefined are left out (an option that its types lack). */
const OPTIONS = { useRecords: false, skipValues: [undefined] };

/** Payloads of one sender to frames. */
export class FrameWriter {
  readonly #packr = new Packr(OPTIONS);
  readonly #sender = randomBytes(8);
  #number = 0;

  /** The frames of one payload, in the order to send them. Throws for what is no plain data, such as a cycle. */
  write(payload: unknown): readonly Buffer[] {
    const whole = this.#packr.pack(payload);
    if (whole.length <= PART_BYTES_MAX) return [whole];
    this.#number = (this.#number + 1) >>> 0;
    const count = Math.ceil(whole.length / PART_BYTES_MAX);
    return Array.from({ length: count }, (_, place) => {
      const header = Buffer.alloc(PART_HEADER_BYTES);
      header.writeUInt8(PART_MARK, 0);
      this.#sender.copy(header, 1);
      header.writeUInt32BE(this.#number, 9);
      header.writeUInt16BE(place, 13);
      header.writeUInt16BE(count, 15);
      return Buffer.concat([header, whole.subarray(place * PART_BYTES_MAX, (place + 1) * PART_BYTES_MAX)]);
    });
  }
}
