import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnchoredClock } from '../../../src/adapters/anchored-clock.js';

const WALL_MS = 1_760_000_000_000;

function setUp() {
  const monotonic = { ms: 5_000 };
  const clock = new AnchoredClock(WALL_MS, () => monotonic.ms);
  /** A reading that was under way for `rttMs`, of a server that is `aheadMs` ahead of the wall clock we started with. */
  const observe = (aheadMs: number, rttMs = 2) => {
    const sentAt = monotonic.ms;
    monotonic.ms += rttMs;
    clock.observe(WALL_MS + sentAt + rttMs / 2 - 5_000 + aheadMs, sentAt, monotonic.ms);
  };
  const errorMs = (aheadMs: number) => clock.now() - (WALL_MS + monotonic.ms - 5_000 + aheadMs);
  return { clock, monotonic, observe, errorMs };
}

describe('the anchored clock', () => {
  it('[TIME-3] starts at the wall clock and goes with the monotonic one', () => {
    const { clock, monotonic } = setUp();
    expect(clock.now()).toBe(WALL_MS);
    monotonic.ms += 1_234.9;
    expect(clock.now()).toBe(WALL_MS + 1_234);
  });

  it.each([3_600_000, -3_600_000])(
    'takes the first reading of the server at once, however far off: %i ms',
    (aheadMs) => {
      const { observe, errorMs } = setUp();
      observe(aheadMs);
      expect(Math.abs(errorMs(aheadMs))).toBeLessThanOrEqual(1);
    },
  );

  it('[TIME-3] follows a later correction by at most 5 ms a second, and gets there', () => {
    const { clock, monotonic, observe, errorMs } = setUp();
    observe(0);
    observe(1_000);
    const before = clock.now();
    const from = monotonic.ms;
    for (let second = 0; second < 100; second++) {
      monotonic.ms += 1_000;
      clock.now();
    }
    const gained = clock.now() - before - (monotonic.ms - from);
    expect(gained).toBeGreaterThan(490);
    expect(gained).toBeLessThanOrEqual(502);
    for (let second = 0; second < 110; second++) {
      monotonic.ms += 1_000;
      clock.now();
    }
    expect(Math.abs(errorMs(1_000))).toBeLessThanOrEqual(2);
  });

  it('does not move for a reading that was under way so long that it says nothing', () => {
    const { clock, monotonic, observe, errorMs } = setUp();
    observe(0);
    const sentAt = monotonic.ms;
    monotonic.ms += 8_000;
    // Read at the very end of those 8 s; for all we know it may have been at their beginning.
    clock.observe(WALL_MS + monotonic.ms - 5_000, sentAt, monotonic.ms);
    monotonic.ms += 100_000;
    expect(Math.abs(errorMs(0))).toBeLessThanOrEqual(2);
  });

  it('never goes back, whatever the server says and when', () => {
    const step = fc.record({
      passMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
      aheadMs: fc.option(fc.integer({ min: -100_000, max: 100_000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { clock, monotonic, observe } = setUp();
        observe(0);
        let last = clock.now();
        for (const { passMs, aheadMs } of steps) {
          monotonic.ms += passMs;
          if (aheadMs !== null) observe(aheadMs);
          const now = clock.now();
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
        }
      }),
    );
  });
});
