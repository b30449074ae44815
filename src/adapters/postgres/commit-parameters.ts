import type { Batch, Slice } from '../../runtime/ports.js';

const TYPES = [
  ['uuid', 'bigint', 'uuid[]', 'bigint[]'],
  ['integer[]', 'integer[]', 'uuid[]', 'text[]', 'float8[]', 'integer[]'],
  ['integer[]', 'integer[]'],
  ['integer[]', 'uuid[]'],
  ['integer[]', 'uuid[]', 'text[]', 'text[]', 'uuid[]', 'uuid[]', 'bigint[]', 'text[]', 'text[]', 'text[]'],
  ['integer[]', 'integer[]', 'text[]'],
  ['integer[]', 'integer[]'],
  ['integer[]', 'text[]', 'uuid[]', 'text[]'],
].flat();

/** Prepared once a connection, by its name. */
export const COMMIT_QUERY = {
  name: 'commit_batch',
  text: `SELECT fenced, now_ms FROM usher.commit_batch(${TYPES.map((type, i) => `$${i + 1}::${type}`).join(', ')})`,
};

/** The parameters of usher.commit_batch, in its order: columns, in which rows name their showtime by its ordinal. */
export function batchParameters(writerId: string, batch: Batch): unknown[] {
  const held = columns(6);
  const unheld = columns(2);
  const cancelled = columns(2);
  const booked = columns(10);
  const blocked = columns(3);
  const unblocked = columns(2);
  const results = columns(4);
  batch.slices.forEach((slice, i) => {
    const ordinal = i + 1;
    for (const [seat, hold] of slice.holds) {
      if (hold) push(held, ordinal, seat, hold.id, hold.holder, hold.expiresAt, hold.extensions);
      else push(unheld, ordinal, seat);
    }
    for (const [seat, reason] of slice.blocks) {
      if (reason === undefined) push(unblocked, ordinal, seat);
      else push(blocked, ordinal, seat, reason);
    }
    for (const bookingId of slice.cancelled) push(cancelled, ordinal, bookingId);
    pushBookings(booked, ordinal, slice);
    for (const { holder, commandId, command, reply } of slice.results) {
      push(results, ordinal, holder, commandId, JSON.stringify({ command, reply }));
    }
  });
  return [
    writerId,
    batch.number,
    batch.slices.map((slice) => slice.showtimeId),
    batch.slices.map((slice) => slice.epoch),
    ...held,
    ...unheld,
    ...cancelled,
    ...booked,
    ...blocked,
    ...unblocked,
    ...results,
  ];
}

function pushBookings(booked: unknown[][], ordinal: number, slice: Slice): void {
  for (const { booking, commandId, paymentMethod } of slice.booked) {
    const { id, reference, holder, holdId, price } = booking;
    // An array of arrays must be a rectangle in Postgres, so the seats travel as the text of an array.
    const seats = `{${booking.seats.join(',')}}`;
    push(booked, ordinal, id, reference, holder, holdId, commandId, price.amount, price.currency, paymentMethod, seats);
  }
}

function columns(count: number): unknown[][] {
  return Array.from({ length: count }, () => []);
}

function push(table: unknown[][], ...row: unknown[]): void {
  row.forEach((value, i) => {
    table[i]?.push(value);
  });
}
