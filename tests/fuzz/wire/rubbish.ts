import { OPCODE } from '../../../bench/load/masked-frame.js';
import type { Dice } from '../frames/dice.js';
import { frameBytes } from './frame-bytes.js';

/** What RFC 6455 has a server do: fail the connection, or take the message (a ping of ours, which is answered). */
export interface Rubbish {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly outcome: 'closed' | 'reply' | 'either';
}

const ASK = Buffer.from('{"type":"ping","id":4711}');
const EMPTY = Buffer.alloc(0);

/** Frames that break the protocol below ours, on a socket that is live; and some that only look so. */
export function rubbish(dice: Dice): Rubbish {
  const text = { opcode: OPCODE.text, payload: ASK };
  const first = frameBytes({ ...text, payload: ASK.subarray(0, 9), final: false });
  const more = (from: number, to: number, final: boolean) =>
    frameBytes({ opcode: OPCODE.continuation, payload: ASK.subarray(from, to), final });
  const cases: readonly (() => Rubbish)[] = [
    () => closed('an opcode that there is not', { ...text, opcode: dice.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) }),
    () => closed('reserved bits', { ...text, reserved: 1 + dice.below(7) }),
    // RFC 6455, 5.1, would have it closed; the server's library takes the first four bytes for a mask, and waits for more.
    () => either('not masked', frameBytes({ ...text, masked: false })),
    () => closed('a continuation of nothing', { ...text, opcode: OPCODE.continuation }),
    () => closed('a ping that is too long', { opcode: OPCODE.ping, payload: dice.bytes(126 + dice.below(500)) }),
    () => closed('a ping in pieces', { opcode: OPCODE.ping, payload: dice.bytes(3), final: false }),
    () => closed('a close that is too long', { opcode: OPCODE.close, payload: dice.bytes(200) }),
    () => closed('a close with half a code', { opcode: OPCODE.close, payload: Buffer.of(3) }),
    () => closed('a close with a code that there is not', { opcode: OPCODE.close, payload: Buffer.from([3, 237]) }),
    () =>
      closed('a close with words that are not UTF-8', { opcode: OPCODE.close, payload: Buffer.from([3, 232, 255]) }),
    () => closed('a close of nothing', { opcode: OPCODE.close, payload: EMPTY }),
    () => closed('a length of 2^63', { ...text, claimedLength: 2n ** 63n }),
    () => closed('a length of 2^64 - 1', { ...text, claimedLength: 2n ** 64n - 1n }),
    () => closed('a length of 4 GiB', { ...text, claimedLength: 2 ** 32 }),
    () => closed('a length over what is read', { ...text, claimedLength: 128 * 1024 + 1 }),
    () =>
      either('a length in more bytes than it needs', frameBytes({ ...text, lengthBytes: dice.pick([2, 8] as const) })),
    () => reply('a message in pieces', [first, more(9, 12, false), more(12, ASK.length, true)]),
    () =>
      reply('a ping between the pieces', [
        first,
        frameBytes({ opcode: OPCODE.ping, payload: dice.bytes(125) }),
        more(9, ASK.length, true),
      ]),
    () => reply('empty pieces', [first, ...Array<Buffer>(50).fill(more(0, 0, false)), more(9, ASK.length, true)]),
    () =>
      reply('pongs that nobody asked for', [
        frameBytes({ opcode: OPCODE.pong, payload: dice.bytes(9) }),
        frameBytes(text),
      ]),
    () =>
      reply('a thousand pings', [
        ...Array<Buffer>(1_000).fill(frameBytes({ opcode: OPCODE.ping, payload: EMPTY })),
        frameBytes(text),
      ]),
    () => ({ kind: 'a message within another', bytes: Buffer.concat([first, frameBytes(text)]), outcome: 'closed' }),
    () => ({
      kind: 'text in pieces that is not UTF-8',
      bytes: Buffer.concat([first, frameBytes({ opcode: OPCODE.continuation, payload: Buffer.of(0xff, 0xc0) })]),
      outcome: 'closed',
    }),
    () => ({ kind: 'bytes of nothing', bytes: dice.bytes(20 + dice.below(300)), outcome: 'either' }),
  ];
  return dice.pick(cases)();
}

function closed(kind: string, frame: Parameters<typeof frameBytes>[0]): Rubbish {
  return { kind, bytes: frameBytes(frame), outcome: 'closed' };
}

function reply(kind: string, frames: readonly Buffer[]): Rubbish {
  return { kind, bytes: Buffer.concat(frames), outcome: 'reply' };
}

function either(kind: string, bytes: Buffer): Rubbish {
  return { kind, bytes, outcome: 'either' };
}
