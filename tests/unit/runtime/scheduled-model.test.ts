/**
 * Sequences of what befalls a showtime, while fast-check's scheduler decides what happens first of all that is under way
 * (scheduled-world.ts). Whatever the order: nothing is told that is not in the journal, one command has one effect, every
 * screen shows what the journal had, no seat is sold twice, and in the end everybody knows what came of each command. How
 * to run more, or one case once more: ../core/commands-runs.ts.
 */
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { IS_WHOLE, PATIENCE_MS, runs } from '../core/commands-runs.js';
import { Asked, happenings } from './scheduled-commands.js';
import { settle } from './scheduled-promises.js';
import { ScheduledWorld } from './scheduled-world.js';

const trip: fc.Arbitrary<Trip> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ thereMs: fc.nat(30), backMs: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ thereMs: fc.nat(900), backMs: fc.nat(900) }) },
  {
    weight: 2,
    arbitrary: fc.record({ lost: fc.constantFrom('request' as const, 'answer' as const), thereMs: fc.nat(30) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ lost: fc.constant('answer' as const), thereMs: fc.nat(3_000), brokenAfterMs: fc.nat(20) }),
  },
);
const trips = fc.array(trip, { maxLength: 20, size: 'max' });
/** A few, who are told at once; or many, by the tick. */
const watchers = fc.constantFrom(1, 1, 100);

const heard = new Map<string, number>();

it(
  'keeps every promise, in whatever order things happen',
  async () => {
    await fc.assert(
      fc.asyncProperty(happenings, trips, watchers, fc.scheduler(), async (commands, ways, size, scheduler) => {
        const world = new ScheduledWorld(scheduler, ways, size);
        try {
          await fc.scheduledModelRun(scheduler, () => ({ model: new Asked(), real: world }), commands);
          await settle(world);
        } catch (error) {
          throw new Error(`${String(error)}\nafter\n${world.story.join('\n')}`, { cause: error });
        }
        for (const [what, times] of world.heard) heard.set(what, (heard.get(what) ?? 0) + times);
      }),
      runs(3_000),
    );
  },
  PATIENCE_MS,
);

afterAll(() => {
  if (!IS_WHOLE) return;
  // Sometimes: a run in which nothing ever went wrong would prove nothing.
  const answers = `ok outcome_unknown unavailable overloaded moving seats_unavailable hold_expired unknown_hold
    too_many_extensions unknown_booking booking_cancelled none_available`;
  const rare = [
    ...answers.split(/\s+/),
    ...['replay in the same window', 'replay in another window', 'replay at the next owner', 'replay of a refusal'],
    ...['payment in the last moment', 'late payment refused', 'hold kept to the end', 'kept away by a hold'],
    ...['crash with gated outputs', 'crash at rest', 'fenced zombie'],
    ...['reconnect', 'came back by deltas', 'came back by a snapshot', 'came back having missed nothing'],
  ];
  expect(rare.filter((what) => !heard.has(what))).toEqual([]);
});
