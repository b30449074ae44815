import { Packr, Unpackr } from 'msgpackr';

/**
 * What travels over a direct link: packets of a length (4 bytes) and MessagePack. A packet is a list that begins with its
 * kind; one of a kind that this version does not know is passed over.
 */
export const KIND = {
  /** To who accepts: where the other node is reached itself, and the members that are there. Comes first, and may come again. */
  hello: 0,
  /** A payload for one member. */
  send: 1,
  /** A payload for who follows a topic. */
  publish: 2,
  follow: 3,
  unfollow: 4,
  ping: 5,
  /** From who accepted: the members that are here. */
  members: 6,
  followed: 7,
  pong: 8,
} as const;

export type Packet = readonly [kind: number, ...rest: unknown[]];

/** Of one packet: no house has a snapshot that is half as long. */
export const PACKET_BYTES_MAX = 16 * 1024 * 1024;
const HEADER_BYTES = 4;

// The second is an option that the types of the library lack.
const options = { useRecords: false, skipValues: [undefined] };
const packr = new Packr(options);
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

/**
 * @throws Error for what is no plain data, such as a cycle.
 * @throws RangeError for what is too long.
 */
export function packed(packet: Packet): Buffer {
  const body = packr.pack(packet);
  if (body.length > PACKET_BYTES_MAX) throw new RangeError(`A packet of ${body.length} bytes is too long.`);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/** A payload as it would arrive. @throws Error for what is no plain data. */
export function copied(payload: unknown): unknown {
  return unpackr.unpack(packr.pack(payload));
}

/** Bytes of one connection to packets. It holds at most one packet that is not whole yet. */
export class PacketReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** @throws Error for what is no packet: then the connection is of no more use. */
  *read(chunk: Buffer): Generator<Packet> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let length = this.#nextLength(); length !== undefined; length = this.#nextLength()) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      const end = HEADER_BYTES + length;
      const rest = all.subarray(end);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#bytes = rest.length;
      yield read(unpackr.unpack(all.subarray(HEADER_BYTES, end)));
    }
  }

  /** Of the packet that is whole by now; undefined where none is. */
  #nextLength(): number | undefined {
    if (this.#bytes < HEADER_BYTES) return undefined;
    const first = this.#chunks[0];
    if (!first || first.length < HEADER_BYTES) {
      this.#chunks = [Buffer.concat(this.#chunks)];
    }
    const length = this.#chunks[0]?.readUInt32BE() ?? 0;
    if (length > PACKET_BYTES_MAX) throw new RangeError(`A packet of ${length} bytes is announced.`);
    return this.#bytes >= HEADER_BYTES + length ? length : undefined;
  }
}

function read(value: unknown): Packet {
  if (Array.isArray(value) && typeof value[0] === 'number') return value as unknown as Packet;
  throw new TypeError('What came is no packet.');
}
