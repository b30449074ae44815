import { beforeEach, describe, expect, it } from 'vitest';
import { HouseView } from '../../bench/load/house-view.js';
import { packStatuses } from '../../src/protocol/seat-status.js';
import type { Snapshot } from '../../src/protocol/server-messages.js';

const snapshot = (seats: string | Uint8Array, seq: number, epoch = 1): Snapshot => ({
  type: 'snapshot',
  epoch,
  seq,
  seats,
  holds: [],
  bookings: [],
});
const nobody = () => {};

describe('what a client of the rush believes', () => {
  let view: HouseView;
  beforeEach(() => {
    view = new HouseView(5);
    view.takeSnapshot(snapshot('.hbx.', 10));
  });

  it('is the same from either form of a snapshot', () => {
    const other = new HouseView(5);
    other.takeSnapshot(snapshot(packStatuses(Uint8Array.of(0, 1, 2, 3, 0)), 10));
    expect(other.statuses).toEqual(view.statuses);
  });

  it('follows the next delta and tells which seats changed', () => {
    const changed: [number, number][] = [];
    const next = view.takeDelta(
      {
        type: 'delta',
        epoch: 1,
        seq: 11,
        changes: [
          [0, 'held'],
          [1, 'booked'],
        ],
      },
      (seat, status) => changed.push([seat, status]),
    );
    expect(next).toBe(true);
    expect([...view.statuses]).toEqual([1, 2, 2, 3, 0]);
    expect(changed).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it.each([
    ['skips one', 1, 12],
    ['comes again', 1, 10],
    ['is of another epoch', 2, 11],
  ])('has a gap, and changes nothing, where a delta %s', (_how, epoch, seq) => {
    expect(view.takeDelta({ type: 'delta', epoch, seq, changes: [[0, 'held']] }, nobody)).toBe(false);
    expect(view.stale).toBe(true);
    expect(view.statuses[0]).toBe(0);
    // One gap is one gap: what follows is not counted again, and a snapshot heals it.
    expect(view.takeDelta({ type: 'delta', epoch, seq: seq + 1, changes: [] }, nobody)).toBe(true);
    view.takeSnapshot(snapshot('hhbx.', 12));
    expect(view.stale).toBe(false);
  });

  it('notices a snapshot that contradicts the deltas up to the same place', () => {
    expect(view.takeSnapshot(snapshot('hhbxh', 10))).toBe(2);
    expect(view.takeSnapshot(snapshot('.....', 11))).toBe(0);
  });

  it('notices a booked seat that is free again, in a delta and across a snapshot', () => {
    view.takeDelta(
      {
        type: 'delta',
        epoch: 1,
        seq: 11,
        changes: [
          [2, 'available'],
          [0, 'booked'],
        ],
      },
      nobody,
    );
    expect(view.unsold).toBe(1);
    view.takeSnapshot(snapshot('.h.x.', 15));
    expect(view.unsold).toBe(2);
  });
});
