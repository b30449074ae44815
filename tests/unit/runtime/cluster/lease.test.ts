import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lease } from '../../../../src/runtime/cluster/lease.js';

const LEASE_MS = 100;

describe('a lease', () => {
  it('is held from its start, for as long as it says, and no longer', () => {
    const lease = new Lease(LEASE_MS, 1_000);
    expect([lease.held(1_000), lease.held(1_100), lease.held(1_101)]).toEqual([true, true, false]);
  });

  it('is prolonged from the moment in which the beat was sent, not from its answer', () => {
    const lease = new Lease(LEASE_MS, 0);
    lease.confirm(50, 90);
    expect([lease.held(150), lease.held(151)]).toEqual([true, false]);
  });

  it('is not cut by an answer that comes after that of a later beat', () => {
    const lease = new Lease(LEASE_MS, 0);
    lease.confirm(80, 85);
    lease.confirm(20, 90);
    expect(lease.held(180)).toBe(true);
  });

  it('that lapsed is not brought back by a beat', () => {
    const lease = new Lease(LEASE_MS, 0);
    expect(lease.held(101)).toBe(false);
    lease.confirm(102, 103);
    expect(lease.held(104)).toBe(false);
  });

  it('that lapsed while nobody looked is not brought back by the beat that comes then', () => {
    const lease = new Lease(LEASE_MS, 0);
    lease.confirm(99, 101);
    expect(lease.held(101)).toBe(false);
  });

  it('that lapsed is brought back by Postgres, from the moment in which it was asked', () => {
    const lease = new Lease(LEASE_MS, 0);
    lease.held(500);
    lease.restore(510);
    expect([lease.held(610), lease.held(611)]).toEqual([true, false]);
  });

  it('is not brought back by an answer older than itself', () => {
    const lease = new Lease(LEASE_MS, 0);
    lease.held(500);
    lease.restore(510);
    expect(lease.held(611)).toBe(false);
    lease.confirm(612, 612);
    expect(lease.held(612)).toBe(false);
  });

  it('is not cut by Postgres having been asked before the last beat', () => {
    const lease = new Lease(LEASE_MS, 0);
    lease.confirm(80, 85);
    lease.restore(20);
    expect(lease.held(180)).toBe(true);
  });

  it('of a node that is alone is always held', () => {
    expect(Lease.always().held(Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  it('is never held later than its length after something was sent that confirmed it', () => {
    const step = fc.record({ kind: fc.constantFrom('look', 'confirm', 'restore'), ms: fc.nat(80), ago: fc.nat(150) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lease = new Lease(LEASE_MS, 0);
        let now = 0;
        let latest = 0;
        let brokenSince: number | undefined;
        for (const { kind, ms, ago } of steps) {
          now += ms;
          const sentAt = Math.max(0, now - ago);
          if (kind !== 'look') latest = Math.max(latest, sentAt);
          if (kind === 'confirm') lease.confirm(sentAt, now);
          if (kind === 'restore') {
            lease.restore(sentAt);
            brokenSince = undefined;
          }
          const held = lease.held(now);
          if (held) expect(now - latest).toBeLessThanOrEqual(LEASE_MS);
          // Once seen lapsed, only Postgres heals it.
          if (brokenSince !== undefined) expect(held).toBe(false);
          if (!held) brokenSince ??= now;
        }
      }),
    );
  });
});
