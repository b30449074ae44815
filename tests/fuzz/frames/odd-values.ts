import type { Dice } from './dice.js';
import { Pairs, type Tree, Verbatim } from './tree.js';

/** Names that mean something to JavaScript's objects. */
export const PROTOTYPE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
];

const ODD_NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  100,
  101,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1.7976931348623157e308,
  5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  'null',
  '0',
  '1-1',
  '1-1\u0000',
  '\u0000',
  '\u001b[31mred',
  '\u202egnp.exe',
  '\u2066\u2069',
  'e\u0301\u0301\u0301',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u{1d11e}',
  '\ud800',
  'x\udfff',
  '\ufeff',
  '\uffff',
  'שלום',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '%00%n%s',
  '../../etc/passwd',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '0B6FF3A5-7E0F-4B8E-9A55-0C0F6D9E4D11',
];

/** JSON that is none, or is one that readers disagree about; and MessagePack that is not plain. */
const VERBATIM: readonly Verbatim[] = [
  new Verbatim('1e400', Buffer.from('ca7f800000', 'hex')),
  new Verbatim('-1e-400', Buffer.from('d6ff00000001', 'hex')), // a timestamp of 32 bits
  new Verbatim('01', Buffer.from('d7ff0000000000000001', 'hex')), // of 64
  new Verbatim('"\\ud83d"', Buffer.from('c70cff3b9aca00ffffffffffffffff', 'hex')), // of 96, before 1970
  new Verbatim('"\\u0000"', Buffer.from('c1', 'hex')), // the byte that is never used
  new Verbatim('/* no */1', Buffer.from('d47201', 'hex')), // msgpackr: a record is defined
  new Verbatim('[1,]', Buffer.from('d5720140', 'hex')),
  new Verbatim('{"a":1,}', Buffer.from('d66900000001', 'hex')), // msgpackr: an id of a structured clone
  new Verbatim("'x'", Buffer.from('d67000000001', 'hex')), // and a pointer to it
  new Verbatim('undefined', Buffer.from('d40000', 'hex')), // msgpackr: undefined
  new Verbatim('9007199254740993', Buffer.from('c7094200ffffffffffffffff', 'hex')), // msgpackr: a bigint
  new Verbatim('[[[[[[', Buffer.from('c7037893a1', 'hex')), // msgpackr: a regular expression
  new Verbatim('{"__proto__":{"role":"staff"}}', Buffer.from('81a95f5f70726f746f5f5f81a4726f6c65a57374616666', 'hex')),
  new Verbatim('{"toString":1,"valueOf":1}', Buffer.from('d97461', 'hex')),
  new Verbatim('1e1000000', Buffer.from('d6650000c0c0', 'hex')), // msgpackr: an error
  new Verbatim('true1', Buffer.from('d6620000ffff', 'hex')), // msgpackr: strings in a bundle
  new Verbatim('\ufeff1', Buffer.from('c70574ff00112233', 'hex')), // msgpackr: a typed array
  new Verbatim('-', Buffer.from('d473c0', 'hex')), // msgpackr: a set
];

export function oddText(dice: Dice): string {
  if (dice.chance(0.7)) return dice.pick(ODD_TEXTS);
  const piece = dice.pick(['a', 'é', '\u{1f3ad}', '\u0001', '\ud800', '\u202e', ...ODD_TEXTS]) || 'x';
  return piece.repeat(dice.pick([2, 63, 64, 65, 80, 255, 256, 1000, 4096, 4097])).slice(0, 8_000);
}

export function oddValue(dice: Dice): Tree {
  switch (dice.below(11)) {
    case 0:
      return null;
    case 1:
      return dice.chance(0.5);
    case 2:
    case 3:
      return dice.pick(ODD_NUMBERS);
    case 4:
    case 5:
      return oddText(dice);
    case 6:
      return dice.chance(0.5) ? [] : new Pairs([]);
    case 7:
      return Array.from({ length: dice.pick([1, 2, 99, 100, 101, 2_000]) }, () => dice.pick(['1-1', 'x', '']));
    case 8:
      return dice.pick([2n ** 53n, -(2n ** 63n), 2n ** 64n - 1n]);
    case 9:
      return new Pairs([[dice.pick(PROTOTYPE_KEYS), dice.pick<Tree>([1, 'x', new Pairs([['type', 'hold']])])]]);
    default:
      return dice.pick(VERBATIM);
  }
}

/** So many arrays or maps in each other. */
export function nested(dice: Dice, depth: number): Verbatim {
  if (dice.chance(0.5)) {
    const open = Buffer.alloc(depth, 0x91);
    return new Verbatim(`${'['.repeat(depth)}1${']'.repeat(depth)}`, Buffer.concat([open, Buffer.of(1)]));
  }
  const open = Buffer.from('81a161'.repeat(depth), 'hex');
  return new Verbatim(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`, Buffer.concat([open, Buffer.of(1)]));
}
