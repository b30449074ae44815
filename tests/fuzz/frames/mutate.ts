import type { Dice } from './dice.js';
import { nested, oddText, oddValue, PROTOTYPE_KEYS } from './odd-values.js';
import { Pairs, type Tree } from './tree.js';

const FIELD_NAMES = ['type', 'id', 'commandId', 'seats', 'holdId', 'bookingId', 'payment', 'count', 'token', 'resume'];

export type Mutation = keyof typeof MUTATIONS;

/** Each makes a message that was valid into one that may not be. */
const MUTATIONS = {
  missing: (pairs, dice) => without(pairs, dice.below(pairs.entries.length)),
  extra: (pairs, dice) => inserted(pairs, dice, [oddName(dice), oddValue(dice)]),
  renamed: (pairs, dice) => {
    const at = dice.below(pairs.entries.length);
    return replaced(pairs, at, ([key, value]) => [bent(dice, String(key)), value]);
  },
  duplicated: (pairs, dice) => {
    const [key, value] = dice.pick(pairs.entries);
    return inserted(pairs, dice, [key, dice.chance(0.3) ? value : oddValue(dice)]);
  },
  'odd value': (pairs, dice) => replaced(pairs, dice.below(pairs.entries.length), ([key]) => [key, oddValue(dice)]),
  'odd inside': (pairs, dice) =>
    replaced(pairs, dice.below(pairs.entries.length), ([key, value]) => [key, inside(value, dice)]),
  'odd text': (pairs, dice) => replaced(pairs, dice.below(pairs.entries.length), ([key]) => [key, oddText(dice)]),
  'prototype key': (pairs, dice) => inserted(pairs, dice, [dice.pick(PROTOTYPE_KEYS), oddValue(dice)]),
  'odd key': (pairs, dice) => inserted(pairs, dice, [oddValue(dice), 1]),
  nested: (pairs, dice) =>
    replaced(pairs, dice.below(pairs.entries.length), ([key]) => [
      key,
      nested(dice, dice.pick([10, 500, 2_000, 3_300])),
    ]),
  'long list': (pairs, dice) =>
    replaced(pairs, dice.below(pairs.entries.length), ([key]) => [key, Array<Tree>(10_000).fill(dice.below(9))]),
} as const satisfies Record<string, (pairs: Pairs, dice: Dice) => Pairs>;

/** The rare ones cost the most: what a frame of 10,000 values takes is the time of a hundred others. */
const WEIGHTS: readonly (readonly [number, Mutation])[] = [
  [10, 'missing'],
  [10, 'extra'],
  [8, 'renamed'],
  [6, 'duplicated'],
  [25, 'odd value'],
  [12, 'odd inside'],
  [10, 'odd text'],
  [6, 'prototype key'],
  [4, 'odd key'],
  [3, 'nested'],
  [1, 'long list'],
];

export function mutate(message: Pairs, dice: Dice): { readonly mutated: Pairs; readonly mutation: Mutation } {
  const mutation = dice.weighed(WEIGHTS);
  return { mutated: message.entries.length === 0 ? message : MUTATIONS[mutation](message, dice), mutation };
}

function without({ entries }: Pairs, at: number): Pairs {
  return new Pairs(entries.filter((_, i) => i !== at));
}

function inserted({ entries }: Pairs, dice: Dice, entry: readonly [Tree, Tree]): Pairs {
  return new Pairs(entries.toSpliced(dice.below(entries.length + 1), 0, entry));
}

type Entry = readonly [Tree, Tree];

function replaced({ entries }: Pairs, at: number, change: (entry: Entry) => Entry): Pairs {
  return new Pairs(entries.map((entry, i) => (i === at ? change(entry) : entry)));
}

/** One level down: an item of a list, a field of a field. */
function inside(value: Tree, dice: Dice): Tree {
  if (value instanceof Pairs && value.entries.length > 0) return mutate(value, dice).mutated;
  if (Array.isArray(value) && value.length > 0) return value.with(dice.below(value.length), oddValue(dice));
  if (typeof value === 'string') return bent(dice, value);
  if (typeof value === 'number') return value + dice.pick([0.5, -1, 2 ** 53, -(2 ** 40)]);
  return oddValue(dice);
}

function bent(dice: Dice, text: string): string {
  const at = dice.below(text.length + 1);
  const piece = dice.pick(['', '_', '\u0000', '\u202e', '\u{1f3ad}', '\ud83c', 'A']);
  return dice.chance(0.3) ? text.toUpperCase() : text.slice(0, at) + piece + text.slice(at + dice.below(2));
}

function oddName(dice: Dice): string {
  return dice.weighed([
    [4, dice.pick(FIELD_NAMES)],
    [3, oddText(dice)],
    [3, `x${dice.below(1_000)}`],
  ]);
}
