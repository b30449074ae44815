import { OPCODE } from './masked-frame.js';

/** Payloads are views into the chunk that was pushed: good during the call only. */
export interface FrameSink {
  message(payload: Buffer, binary: boolean): void;
  ping(payload: Buffer): void;
  close(code: number, reason: string): void;
}

const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
const NO_STATUS = 1005;

/**
 * Reads server frames from a byte stream that is cut anywhere. A frame that lies whole in a chunk is handed on in
 * place; only one that is cut is gathered, once.
 */
export class FrameParser {
  /** Pieces of a frame that is not whole yet, and how many bytes it takes before trying again makes sense. */
  #pieces: Buffer[] = [];
  #held = 0;
  #needed = 0;
  /** The fragments of a message that came in several frames. */
  #fragments: Buffer[] = [];
  #fragmentsBinary = false;

  readonly #sink: FrameSink;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** @throws RangeError where the peer breaks RFC 6455; the connection is then of no more use. */
  push(chunk: Buffer): void {
    if (this.#held === 0) {
      this.#parse(chunk);
      return;
    }
    // Copied, because the caller reads the next chunk into the same memory.
    this.#hold(Buffer.from(chunk));
    if (this.#held < this.#needed) return;
    const gathered = Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [];
    this.#held = 0;
    this.#parse(gathered);
  }

  #hold(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#held += piece.length;
  }

  #parse(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      const size = frameSize(data, at);
      if (at + size.total > data.length) {
        this.#needed = size.total;
        this.#hold(Buffer.from(data.subarray(at)));
        return;
      }
      const end = at + size.total;
      this.#frame(data[at] ?? 0, data.subarray(at + size.header, end));
      at = end;
    }
  }

  #frame(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    const final = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) throw new RangeError('A frame with reserved bits: no extension was agreed.');
    switch (opcode) {
      case OPCODE.text:
      case OPCODE.binary:
        if (final) {
          this.#sink.message(payload, opcode === OPCODE.binary);
        } else {
          this.#fragments = [Buffer.from(payload)];
          this.#fragmentsBinary = opcode === OPCODE.binary;
        }
        break;
      case OPCODE.continuation:
        this.#fragments.push(Buffer.from(payload));
        if (final) this.#sink.message(Buffer.concat(this.#fragments.splice(0)), this.#fragmentsBinary);
        break;
      case OPCODE.ping:
        this.#sink.ping(payload);
        break;
      case OPCODE.pong:
        break;
      case OPCODE.close:
        if (payload.length < 2) this.#sink.close(NO_STATUS, '');
        else this.#sink.close(payload.readUInt16BE(0), payload.toString('utf8', 2));
        break;
      default:
        throw new RangeError(`A frame with the unknown opcode ${opcode}.`);
    }
  }
}

/** The bytes of header and of the whole frame at `at`; as much of it as is known where the header itself is cut. */
function frameSize(data: Buffer, at: number): { header: number; total: number } {
  const available = data.length - at;
  if (available < 2) return { header: 2, total: 2 };
  const second = data[at + 1] ?? 0;
  if ((second & 0x80) !== 0) throw new RangeError('A masked frame from a server.');
  if (second < 126) return { header: 2, total: 2 + second };
  const header = second === 126 ? 4 : 10;
  if (available < header) return { header, total: header };
  const length = header === 4 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
  if (length > MESSAGE_BYTES_MAX) throw new RangeError(`A frame of ${length} bytes.`);
  return { header, total: header + length };
}
