import type { Change } from './change.js';
import type { Channel, OtherChannel } from './channel.js';

/** What happened to seats, for their history. Made once a change, on the hot path: members that are not needed are absent. */
export interface SeatAct {
  readonly act:
    | 'held'
    | 'released'
    | 'expired'
    | 'taken_away'
    | 'booked'
    | 'cancelled'
    | 'reseated'
    | 'blocked'
    | 'unblocked'
    | 'allocated'
    | 'deallocated'
    | 'allocation_ended';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** By index. Of `reseated`: those that the booking has now. */
  readonly seats: readonly number[];
  /** Of `reseated`: those that the booking had. */
  readonly from?: readonly number[];
  /** Whose hold or booking it is. */
  readonly holder?: string;
  /** Who asked, where that is not the holder. */
  readonly by?: string;
  readonly hold?: string;
  readonly reference?: string;
  /** Absent: the web. */
  readonly channel?: OtherChannel;
  readonly reason?: string;
  /** Of `allocated`: the channel that alone sells them, and until when, in milliseconds since 1970. */
  readonly to?: Channel;
  readonly until?: number;
}

/** The acts of one flush of one showtime. */
export interface ActsWrite {
  readonly epoch: number;
  /** Counts the acts of an epoch, from 1: of the first of these. */
  readonly first: number;
  readonly acts: readonly SeatAct[];
}

/** @param by who asked; undefined where time did it. Returns undefined where no seat changed its state. */
export function actOf(change: Change, by: string | undefined, at: number): SeatAct | undefined {
  switch (change.type) {
    case 'hold_put':
      if (change.seats.length === 0) return undefined;
      return of('held', change.seats, change.hold, change.hold.id, by, at);
    case 'hold_dropped':
      return of(change.cause, change.seats, change.hold, change.hold.id, by, at);
    case 'hold_taken_away': {
      const { hold, reason } = change;
      return { ...of('taken_away', hold.seats, hold, hold.id, by, at), ...because(reason) };
    }
    case 'booked': {
      const { booking } = change;
      const act = of('booked', booking.seats, booking, booking.holdId, by, at);
      return { ...act, reference: booking.reference };
    }
    case 'cancelled': {
      const { booking } = change;
      const act = of('cancelled', booking.seats, booking, booking.holdId, by, at);
      return { ...act, reference: booking.reference };
    }
    case 'partly_cancelled': {
      const { booking, freed } = change;
      const act = of('cancelled', freed, booking, booking.holdId, by, at);
      return { ...act, reference: booking.reference };
    }
    case 'reseated': {
      const { booking, from, reason } = change;
      const act = of('reseated', booking.seats, booking, booking.holdId, by, at);
      return { ...act, from, reference: booking.reference, ...because(reason) };
    }
    case 'blocked':
      return {
        act: 'blocked',
        at,
        seats: change.seats,
        ...(by === undefined ? {} : { by }),
        ...because(change.reason),
      };
    case 'unblocked':
      return { act: 'unblocked', at, seats: change.seats, ...(by === undefined ? {} : { by }) };
    case 'allocated': {
      const { seats, allocation } = change;
      const { channel: to, until, reason } = allocation;
      const act = { act: 'allocated', at, seats, to, by: allocation.by } as const;
      return { ...act, ...(until === undefined ? {} : { until }), ...because(reason) };
    }
    case 'deallocated': {
      const act = change.cause === 'ended' ? 'allocation_ended' : 'deallocated';
      return { act, at, seats: change.seats, ...(by === undefined ? {} : { by }), ...because(change.reason) };
    }
  }
}

/** All seats that these acts name, each once. */
export function seatsOf(acts: readonly SeatAct[]): ReadonlySet<number> {
  const seats = new Set<number>();
  for (const { seats: named, from } of acts) {
    for (const seat of named) seats.add(seat);
    if (from) for (const seat of from) seats.add(seat);
  }
  return seats;
}

function of(
  act: SeatAct['act'],
  seats: readonly number[],
  { holder, channel }: { readonly holder: string; readonly channel?: OtherChannel },
  hold: string,
  by: string | undefined,
  at: number,
): SeatAct {
  const made = { act, at, seats, holder, hold };
  // As nearly all come.
  if (channel === undefined && (by === undefined || by === holder)) return made;
  return {
    ...made,
    ...(by === undefined || by === holder ? {} : { by }),
    ...(channel === undefined ? {} : { channel }),
  };
}

function because(reason: string): { readonly reason?: string } {
  return reason === '' ? {} : { reason };
}

/** [act, at, seats, holder, hold, more]; `more` is absent where there is none, as of nearly all. */
export type SpeltAct = readonly [
  SeatAct['act'],
  number,
  readonly number[],
  string | null,
  string | null,
  Omit<SeatAct, 'act' | 'at' | 'seats' | 'holder' | 'hold'>?,
];

const PLAIN = /^[\w:.@-]*$/;

/**
 * The acts as they are kept: JSON, each by position. Put together from pieces, since it is done for every hold: as objects with
 * names they took three times as long, and half as much room again.
 */
export function spellActs(acts: readonly SeatAct[]): string {
  let text = '';
  for (const one of acts) {
    const { act, at, seats, holder, hold, from, by, reference, channel, reason, to, until } = one;
    text += `${text === '' ? '[' : ','}["${act}",${at},[${seats.join()}],${quoted(holder)},${quoted(hold)}`;
    const isOwn = by === undefined && channel === undefined && reference === undefined;
    const isPlain = isOwn && reason === undefined && from === undefined && to === undefined && until === undefined;
    text += isPlain ? ']' : `,${JSON.stringify({ from, by, reference, channel, reason, to, until })}]`;
  }
  return text === '' ? '[]' : `${text}]`;
}

/** An act as `spellActs` wrote it, after JSON was read. */
export function readAct([act, at, seats, holder, hold, more]: SpeltAct): SeatAct {
  return { act, at, seats, ...(holder === null ? {} : { holder }), ...(hold === null ? {} : { hold }), ...more };
}

function quoted(text: string | undefined): string {
  if (text === undefined) return 'null';
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
