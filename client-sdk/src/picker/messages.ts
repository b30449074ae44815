/**
 * Every word of the picker. Replace any of them through the `messages` property; what is left out stays English.
 * Those with values in them are functions, because languages differ in more than the place of a number.
 */
import type { ConflictReason } from '../../../src/protocol/errors.js';

export type SeatState = 'available' | 'held' | 'booked' | 'blocked' | 'mine' | 'mineBooked' | 'pending';

/** What a seat is called; the parts that do not apply are undefined. */
export interface SeatName {
  readonly label: string;
  readonly row: string | undefined;
  readonly number: string;
  readonly section: string | undefined;
  /** Already formatted. */
  readonly price: string | undefined;
  readonly kind: 'ordinary' | 'wheelchair' | 'companion' | 'pair';
  readonly state: SeatState;
}

export interface Messages {
  readonly map: string;
  readonly loading: string;
  readonly loadFailed: string;
  readonly retry: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly fit: string;
  readonly section: string;
  readonly wholeHouse: string;
  readonly legend: string;
  readonly keys: string;
  readonly dismiss: string;
  readonly cancel: string;
  readonly stale: string;
  readonly timeLeft: string;
  readonly expired: string;
  readonly states: Readonly<Record<SeatState, string>>;
  readonly kinds: Readonly<Record<SeatName['kind'], string>>;
  readonly reasons: Readonly<Record<ConflictReason, string>>;
  /** By error code; `other` is for codes that have no text of their own. */
  readonly errors: Readonly<Record<string, string>> & { readonly other: string };
  seatName(name: SeatName): string;
  /** Beside a seat under the mouse or focus. */
  seatHint(name: SeatName): string;
  /** How many seats a hold, and holds a buyer, may have, once one more was asked for. */
  limit(code: 'too_many_seats' | 'too_many_holds', max: number): string;
  areaFree(free: number, count: number): string;
  areaName(name: string, free: number, count: number, price: string | undefined): string;
  areaQuestion(name: string): string;
  areaTake(count: number): string;
  held(seats: readonly string[], all: number, total: string | undefined): string;
  released(seats: readonly string[], left: number): string;
  lost(seats: readonly string[], reason: string): string;
  offer(seat: string): string;
  takeInstead(seat: string): string;
  remaining(ms: number): string;
}

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
const list = (seats: readonly string[]) => seats.join(', ');
const states: Messages['states'] = {
  available: 'available',
  held: 'on hold for someone else',
  booked: 'sold',
  blocked: 'not for sale',
  mine: 'held for you',
  mineBooked: 'booked by you',
  pending: 'being held',
};
const kinds: Messages['kinds'] = {
  ordinary: 'seat',
  wheelchair: 'wheelchair space',
  companion: 'companion seat',
  pair: 'pair seat, sold in twos',
};

export const defaultMessages: Messages = {
  map: 'Seat map',
  loading: 'Loading the seat map…',
  loadFailed: 'The seat map could not be loaded.',
  retry: 'Try again',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show the whole house',
  section: 'Section',
  wholeHouse: 'Whole house',
  legend: 'Legend',
  keys: 'Arrow keys move between seats, Enter takes or releases a seat, Page Up and Page Down change the section.',
  dismiss: 'Dismiss',
  cancel: 'Cancel',
  stale: 'Connection lost. The map may be out of date; your seats stay held while the time runs.',
  timeLeft: 'Time left to pay',
  expired: 'The time is up and your seats have been released.',
  states,
  kinds,
  reasons: {
    held: 'was just taken by someone else',
    booked: 'has just been sold',
    blocked: 'is not for sale',
    unknown: 'does not exist',
    duplicate: 'was chosen twice',
    not_in_hold: 'is no longer yours',
    single_gap: 'would be left over as a single seat; choose seats right next to others',
    pair_split: 'is sold only together with its neighbour',
    companion_alone: 'is sold only together with the wheelchair space beside it',
    table_split: 'is sold only with its whole table',
    unknown_type: 'is not sold as this ticket type',
    type_not_sold: 'is not sold as this ticket type',
    distancing: 'is too close to another party',
    held_too_long: 'was held by you for too long',
  },
  errors: {
    too_many_seats: 'You cannot hold more seats at once.',
    too_many_holds: 'You already hold seats. Release them first.',
    too_many_held: 'You cannot hold more seats at once.',
    too_many_bookings: 'You cannot book this showtime again.',
    held_too_long: 'You held this seat for a long time. Choose another one.',
    none_available: 'There are not enough free places left.',
    sales_closed: 'Sales for this showtime are closed.',
    hold_expired: 'The time is up and your seats have been released.',
    unknown_hold: 'The time is up and your seats have been released.',
    rate_limited: 'That was too fast. Wait a moment and try again.',
    unavailable: 'The server cannot be reached right now. Try again in a moment.',
    overloaded: 'The server is busy. Try again in a moment.',
    outcome_unknown: 'We could not find out whether that worked. The map will show it shortly.',
    other: 'That did not work. Try again.',
  },
  seatName: ({ row, number, label, section, price, kind, state }) =>
    [
      row === undefined ? label : `Row ${row} ${kind === 'ordinary' ? 'seat' : kinds[kind]} ${number}`,
      section,
      price,
      states[state],
    ]
      .filter(Boolean)
      .join(', '),
  seatHint: ({ label, price, kind, state }) =>
    [label, kind === 'ordinary' ? undefined : kinds[kind], price, state === 'available' ? undefined : states[state]]
      .filter(Boolean)
      .join(' · '),
  limit: (code, max) =>
    `You cannot hold more than ${plural(max, code === 'too_many_seats' ? 'seat' : 'order')} at once.`,
  areaFree: (free, count) => `${free} of ${count} free`,
  areaName: (name, free, count, price) =>
    [`${name}, standing`, `${free} of ${count} free`, price].filter(Boolean).join(', '),
  areaQuestion: (name) => `${name}: how many places?`,
  areaTake: (count) => `Take ${plural(count, 'place')}`,
  held: (seats, all, total) =>
    `${list(seats)} held for you. ${[plural(all, 'seat'), total].filter(Boolean).join(', ')}.`,
  released: (seats, left) => `${list(seats)} released. ${plural(left, 'seat')} left.`,
  lost: (seats, reason) => `${list(seats)} ${reason}.`,
  offer: (seat) => `The nearest free seat is ${seat}.`,
  takeInstead: (seat) => `Take ${seat} instead`,
  remaining: (ms) => {
    const seconds = Math.round(ms / 1000);
    return seconds >= 60
      ? `${plural(Math.round(seconds / 60), 'minute')} left to pay.`
      : `${plural(seconds, 'second')} left to pay.`;
  },
};
