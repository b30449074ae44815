import { Dice } from './dice.js';
import { mutate } from './mutate.js';
import { nested, oddValue } from './odd-values.js';
import { Pairs, type Tree, treeOf, Verbatim, writeJson, writeMsgpack } from './tree.js';
import { type Grip, validMessage } from './valid-message.js';

export interface Frame {
  readonly kind: string;
  readonly binary: boolean;
  readonly payload: Buffer;
}

/** Of the server under attack, which has the usual bound. */
export const FRAME_BYTES_MAX = 16 * 1024;
/** Longer ones are cut off by the server's library, without a word: eight times the bound. */
export const READABLE_BYTES_MAX = 8 * FRAME_BYTES_MAX;

type Maker = (dice: Dice, grip: Grip, id: number) => Frame;

const MAKERS: readonly (readonly [weight: number, make: Maker])[] = [
  [230, (dice, grip, id) => encoded('valid', treeOf(validMessage(dice, grip, id)), dice)],
  [420, mutated],
  [90, made],
  [110, flipped],
  [60, (dice) => ({ kind: 'random bytes', binary: dice.chance(0.6), payload: dice.bytes(dice.below(200)) })],
  [60, oddPack],
  [20, reused],
  [3, hello],
  [4, atTheBounds],
];

/**
 * Frame `number` of `seed`. The same two give the same bytes, but for the holds, bookings and tokens that the server has
 * handed out meanwhile, which come in by `grip`.
 */
export function frameOf(seed: number, number: number, grip: Grip): Frame {
  const dice = Dice.numbered(seed, number);
  return dice.weighed(MAKERS)(dice, grip, number);
}

/** In either encoding, whichever the socket speaks: a client may send both. */
function encoded(kind: string, tree: Tree, dice: Dice): Frame {
  if (dice.chance(0.5)) return { kind: `${kind}, JSON`, binary: false, payload: Buffer.from(writeJson(tree)) };
  const payload = writeMsgpack(tree, dice.chance(0.8) ? 'shortest' : 'wide');
  return { kind: `${kind}, MessagePack`, binary: true, payload };
}

function mutated(dice: Dice, grip: Grip, id: number): Frame {
  let message = treeOf(validMessage(dice, grip, id)) as Pairs;
  let kind = '';
  for (let times = dice.pick([1, 1, 1, 2, 3]); times > 0; times--) {
    const { mutated: next, mutation } = mutate(message, dice);
    kind ||= mutation;
    message = next;
  }
  return encoded(kind, message, dice);
}

const TYPES = [
  'hello',
  'ping',
  'hold',
  'best_available',
  'release',
  'retype',
  'extend',
  'book',
  'cancel',
  'block',
  'unblock',
  'take_away',
  'reseat',
  'allocate',
  'deallocate',
];
const FIELDS = [
  'id',
  'commandId',
  'seats',
  'holdId',
  'bookingId',
  'payment',
  'count',
  'category',
  'reason',
  'token',
  'channel',
  'until',
];

/** A type that there is, or nearly, and fields with anything in them; or no message at all. */
function made(dice: Dice): Frame {
  if (dice.chance(0.2)) return encoded('any value', oddValue(dice), dice);
  if (dice.chance(0.05)) return encoded('deep', nested(dice, dice.pick([100, 1_000, 3_000, 8_000])), dice);
  const type = dice.chance(0.8) ? dice.pick(TYPES) : oddValue(dice);
  const fields = FIELDS.filter(() => dice.chance(0.4)).map((name) => [name, oddValue(dice)] as const);
  return encoded('made up', new Pairs([['type', type], ...fields]), dice);
}

/** A frame that was good, with bits turned, its end cut off, bytes put in, or a piece of another in its middle. */
function flipped(dice: Dice, grip: Grip, id: number): Frame {
  const { binary, payload } = encoded('', treeOf(validMessage(dice, grip, id)), dice);
  const bytes = Buffer.from(payload);
  const at = dice.below(bytes.length);
  switch (dice.below(4)) {
    case 0:
      for (let times = 1 + dice.below(4); times > 0; times--) {
        const turned = dice.below(bytes.length);
        bytes[turned] = (bytes[turned] ?? 0) ^ (1 << dice.below(8));
      }
      return { kind: 'bits turned', binary, payload: bytes };
    case 1:
      return { kind: 'cut off', binary, payload: bytes.subarray(0, at) };
    case 2: {
      const put = Buffer.concat([bytes.subarray(0, at), dice.bytes(1 + dice.below(8)), bytes.subarray(at)]);
      return { kind: 'bytes put in', binary, payload: put };
    }
    default: {
      const other = encoded('', treeOf(validMessage(dice, grip, id)), dice).payload;
      const from = dice.below(other.length);
      return { kind: 'spliced', binary, payload: Buffer.concat([bytes.subarray(0, at), other.subarray(from)]) };
    }
  }
}

/** Heads that claim lengths which do not follow. */
const CLAIMS = [
  'ddffffffff',
  'dfffffffff',
  'dbffffffff',
  'c6ffffffff',
  'c9ffffffff01',
  'dcffff',
  'deffff',
  'dd02000000',
];

/** MessagePack that no encoder of messages makes. */
function oddPack(dice: Dice): Frame {
  const claim = Buffer.from(dice.pick(CLAIMS), 'hex');
  switch (dice.below(5)) {
    case 0: {
      const levels = dice.pick([1, 2, 100, 3_000]);
      return pack('false lengths', Buffer.concat(Array<Buffer>(levels).fill(claim)));
    }
    case 1: {
      // As a field of a message, where the reader has come far already.
      const field = new Verbatim('0', claim);
      const message = new Pairs([
        ['type', 'hold'],
        ['id', 1],
        ['commandId', dice.uuid()],
        ['seats', field],
      ]);
      return pack('false lengths', writeMsgpack(message));
    }
    case 2: {
      const length = dice.pick([1, 2, 4, 8, 16]);
      const type = dice.pick([0x00, 0x42, 0x62, 0x65, 0x69, 0x70, 0x72, 0x73, 0x74, 0x78, 0xff, dice.below(256)]);
      const heads = new Map([
        [1, 0xd4],
        [2, 0xd5],
        [4, 0xd6],
        [8, 0xd7],
        [16, 0xd8],
      ]);
      const extension = Buffer.concat([Buffer.of(heads.get(length) ?? 0xd4, type), dice.bytes(length), dice.bytes(4)]);
      if (dice.chance(0.5)) return pack('extensions', extension);
      const field = new Verbatim('0', extension);
      return pack(
        'extensions',
        writeMsgpack(
          new Pairs([
            ['type', 'extend'],
            ['id', field],
            ['holdId', field],
          ]),
        ),
      );
    }
    case 3: {
      // A record of msgpackr: a definition of keys under a number, then that number with values.
      const keys = writeMsgpack(['type', 'id', dice.pick(['seats', '__proto__', 'x'])]);
      const record = [
        Buffer.of(0xd4, 0x72, 0x40 + dice.below(64)),
        keys,
        writeMsgpack('ping'),
        writeMsgpack(dice.below(9)),
      ];
      return pack('records', Buffer.concat([...record, writeMsgpack(oddValue(dice))]));
    }
    default: {
      const key = dice.pick<Tree>([1, null, true, [1], new Pairs([]), -1, 2n ** 60n, [['type']]]);
      return pack(
        'keys that are no text',
        writeMsgpack(
          new Pairs([
            [key, 'hold'],
            ['type', 'ping'],
            ['id', 3],
          ]),
        ),
      );
    }
  }
}

function pack(kind: string, payload: Buffer): Frame {
  return { kind, binary: true, payload };
}

/** An id or a commandId once more, also with another type. */
function reused(dice: Dice, grip: Grip, id: number): Frame {
  const fields = validMessage(dice, grip, id);
  const { lastCommand } = grip;
  if (!lastCommand || !('commandId' in fields)) return encoded('reused', treeOf({ ...fields, id: 1 }), dice);
  const again = dice.chance(0.5) ? { commandId: lastCommand.commandId } : { id: lastCommand.id };
  return encoded('reused', treeOf({ ...fields, ...again }), dice);
}

/** A second hello, in each of its forms. */
function hello(dice: Dice, { token }: Grip): Frame {
  return encoded('hello again', treeOf({ type: 'hello', ...(token ? { token } : {}) }), dice);
}

/** As long as a frame may be, one byte less and more; the same where the server's library stops to read. */
function atTheBounds(dice: Dice, _grip: Grip, id: number): Frame {
  const far = dice.chance(0.2);
  const length = (far ? READABLE_BYTES_MAX : FRAME_BYTES_MAX) + dice.pick([-1, 0, 1]);
  const kind = far ? 'at the end of reading' : 'at the bound';
  if (dice.chance(0.5)) {
    const text = JSON.stringify({ type: 'ping', id });
    return { kind, binary: false, payload: Buffer.from(text.padEnd(length)) };
  }
  const payload = Buffer.concat([
    writeMsgpack(
      new Pairs([
        ['type', 'ping'],
        ['id', id],
      ]),
    ),
    Buffer.alloc(length),
  ]);
  return { kind, binary: true, payload: payload.subarray(0, length) };
}

/** What is sent before hello, or in its place. */
export function openingOf(seed: number, number: number, grip: Grip): Frame {
  const dice = Dice.numbered(seed, number);
  if (dice.chance(0.5)) return frameOf(seed, number, grip);
  const resume = { epoch: dice.below(3), seq: dice.below(1_000) };
  const good = { type: 'hello', ...(grip.token ? { token: grip.token } : {}), ...(dice.chance(0.5) ? { resume } : {}) };
  const { mutated: message } = mutate(treeOf(good) as Pairs, dice);
  return { ...encoded('hello mutated', message, dice), kind: 'hello mutated' };
}
