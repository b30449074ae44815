/**
 * Sequences of commands on a house and on a model that shares no code with it (house-model.ts). After each command the
 * two must agree on every seat, hold, booking and end, a refusal must have changed nothing, the changes alone must lead
 * to the same house, and now and then the house is made anew from them. How to run more, or one case once more:
 * commands-runs.ts.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { HouseRules } from '../../../src/core/house.js';
import { commandsOn } from './commands-on-house.js';
import { IS_WHOLE, PATIENCE_MS, runs } from './commands-runs.js';
import { HouseWorld, hallOf, LIMITS } from './commands-world.js';
import { mapOf } from './halls.js';
import { Model } from './house-model.js';

const plain = mapOf({ rows: ['......', '..._..'], standing: { Floor: 3 } });
const special = mapOf({ rows: ['......_...', '.pqpqwc...', '.........'] });

const tables = mapOf({ rows: ['...'], tables: ['.....', '..pqwc.'] });
const whole = mapOf({ rows: ['......'], tables: ['tttt', '.....'] });

const heard = new Map<string, number>();

const houses: [what: string, map: typeof plain, rules: Partial<HouseRules>, runs: number][] = [
  ['a plain hall', plain, {}, 2_600],
  ['pairs and companions', special, {}, 1_600],
  ['pairs and companions, no gap at all', special, { singleGap: 'strict' }, 700],
  ['pairs and companions, no gap but at the aisle', special, { singleGap: 'lenient' }, 700],
  ['a seat between parties', special, { distancing: 1 }, 700],
  ['round tables', tables, { singleGap: 'strict' }, 700],
  ['tables that are sold whole', whole, { singleGap: 'lenient' }, 400],
  ['round tables, a seat between parties', tables, { distancing: 1 }, 500],
  ['two seats between parties', special, { distancing: 2, singleGap: 'strict' }, 700],
];

describe('commands on a house do what they do on the model', () => {
  it.each(houses)(
    '%s',
    (_what, map, rules, numRuns) => {
      const limits = { ...LIMITS, ...rules };
      fc.assert(
        fc.property(commandsOn(map.data.seats.label), (commands) => {
          const world = new HouseWorld(map, limits, heard);
          try {
            fc.modelRun(() => ({ model: new Model(hallOf(map), limits), real: world }), commands);
          } catch (error) {
            throw new Error(`${String(error)}\nafter\n${world.story.join('\n')}`, { cause: error });
          }
        }),
        runs(numRuns),
      );
    },
    PATIENCE_MS,
  );
});

afterAll(() => {
  if (!IS_WHOLE) return;
  // Sometimes: a rule that never refused would have proved nothing.
  const rare = `ok unknown_seat duplicate_seat unknown_hold hold_expired wrong_holder too_many_seats too_many_holds
    seats_unavailable not_in_hold too_many_extensions unknown_booking booking_cancelled none_available single_gap
    distancing wrong_seat_count allocation_over hold_in_order booking_in_order`;
  const kinds = [...rare.split(/\s+/), 'pair_split or companion_alone', 'reload', 'reload without what is due'];
  expect(kinds.filter((kind) => !heard.has(kind))).toEqual([]);
});
