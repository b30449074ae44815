import { describe, expect, it } from 'vitest';
import type { Position } from '../../../../src/runtime/journal-port.js';
import { CommitLog } from '../../../../src/runtime/recovery/commit-log.js';
import { held, holdOf, slice } from '../../../contract/slices.js';

const SHOWTIME = '00000000-0000-7000-8000-000000000001';
const MINUTE_MS = 60_000;

function positionAt(parts: Partial<Position>): Position {
  const nowhere = { standbys: 1, written: undefined, replayed: undefined };
  return { has: 0, timeline: 1, confirmed: 1, ...nowhere, ...parts };
}

function add(log: CommitLog, number: number, now: number, rows = 1): void {
  const seats = Array.from({ length: rows }, (_, seat) => seat);
  log.add(number, number - 1, [slice(SHOWTIME, 1, { holds: held(holdOf('ann', seats)), heldBefore: [] })], now);
}

function numbers(log: CommitLog, has: number, acknowledged: number) {
  const { batches, isComplete } = log.cut(has, acknowledged);
  return { numbers: batches.map(({ number }) => number), isComplete };
}

describe('the log of commits', () => {
  it('gives what came after a number, and says whether that is all', () => {
    const log = new CommitLog();
    for (let number = 1; number <= 5; number++) add(log, number, 0);
    expect(numbers(log, 2, 5)).toEqual({ numbers: [3, 4, 5], isComplete: true });
    expect(numbers(log, 2, 2)).toEqual({ numbers: [], isComplete: true });
    expect(numbers(log, 0, 2)).toEqual({ numbers: [1, 2], isComplete: true });
  });

  it('gives a batch out once, and does not call it missing after that', () => {
    const log = new CommitLog();
    for (let number = 1; number <= 6; number++) add(log, number, 0);
    expect(numbers(log, 2, 6)).toEqual({ numbers: [3, 4, 5, 6], isComplete: true });
    // Written again as batch 8; then a standby is promoted that had not followed, and has 3 and 4 of before.
    log.add(8, 2, [slice(SHOWTIME, 1, { holds: held(holdOf('ann', [1])), heldBefore: [] })], 0);
    expect(numbers(log, 4, 8)).toEqual({ numbers: [8], isComplete: true });
    // And then the first one once more.
    expect(numbers(log, 2, 4)).toEqual({ numbers: [], isComplete: true });
    expect(numbers(log, 1, 4)).toEqual({ numbers: [2], isComplete: true });
  });

  it('says that batches are missing which it forgot and never gave out', () => {
    const log = new CommitLog();
    add(log, 1, 0);
    log.observe(positionAt({ standbys: 0 }), 1, 10);
    expect(numbers(log, 0, 1)).toEqual({ numbers: [], isComplete: false });
    expect(numbers(log, 0, 1)).toEqual({ numbers: [], isComplete: false });
  });

  it('keeps nothing where Postgres has no standby, and all from when one is seen', () => {
    const log = new CommitLog();
    add(log, 1, 0);
    log.observe(positionAt({ standbys: 0 }), 1, 10);
    add(log, 2, 20);
    expect(log.size).toBe(0);
    log.observe(positionAt({ standbys: 1 }), 2, 30);
    add(log, 3, 40);
    expect(numbers(log, 1, 3)).toEqual({ numbers: [3], isComplete: false });
  });

  it('keeps a batch for a minute at least, and until every standby has it', () => {
    const log = new CommitLog();
    add(log, 1, 0);
    log.observe(positionAt({ written: 100, replayed: 50 }), 1, 1_000);
    log.observe(positionAt({ written: 100, replayed: 99 }), 1, 2 * MINUTE_MS);
    expect(log.size).toBe(1);
    log.observe(positionAt({ written: 100, replayed: 100 }), 1, 2 * MINUTE_MS + 1);
    expect(log.size).toBe(0);
    add(log, 2, 3 * MINUTE_MS);
    log.observe(positionAt({ written: 200, replayed: 200 }), 2, 3 * MINUTE_MS + 1);
    expect(log.size).toBe(1);
  });

  it('goes by time alone where nobody says how far the standbys are', () => {
    const log = new CommitLog();
    add(log, 1, 0);
    log.observe(positionAt({}), 1, MINUTE_MS - 1);
    expect(log.size).toBe(1);
    log.observe(positionAt({}), 1, MINUTE_MS + 1);
    expect(log.size).toBe(0);
  });

  it('takes a standby whose connection broke for one that may still be promoted', () => {
    const log = new CommitLog();
    add(log, 1, 0);
    log.observe(positionAt({ standbys: 1, written: 100, replayed: 50 }), 1, 1_000);
    log.observe(positionAt({ standbys: 0, written: 120 }), 1, 5 * MINUTE_MS);
    expect(log.size).toBe(1);
    log.observe(positionAt({ standbys: 0, written: 120 }), 1, 20 * MINUTE_MS);
    expect(log.size).toBe(0);
  });

  it('is bounded by rows, however far a standby lags: the oldest goes', () => {
    const log = new CommitLog();
    for (let number = 1; number <= 30; number++) add(log, number, 0, 9_999);
    expect(log.size).toBe(10);
    expect(numbers(log, 0, 30)).toEqual({ numbers: [21, 22, 23, 24, 25, 26, 27, 28, 29, 30], isComplete: false });
  });
});
