/** What was promised to everybody, looked up when all has come to rest. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Booking, Hold } from '../../../src/core/house.js';
import { makeHouse } from '../../../src/core/make-house.js';
import type { Outcome } from '../../../src/runtime/outcome.js';
import { RULES, rowOf, SHOWTIME, word } from './playhouse.js';
import { spelled } from './scheduled-screen.js';
import type { Attempt, Order } from './scheduled-socket.js';
import { type ScheduledWorld, SEATS, TERMS } from './scheduled-world.js';

/** Who hears this asks again. */
const UNSURE = /^(outcome_unknown|moving)$/;
const ROUNDS = 4;

/** Faults end, and everyone who does not know asks again, a few times at most. */
export async function settle(world: ScheduledWorld): Promise<void> {
  world.clearTheWay();
  // The slowest call is on its way for 3 s, and may have to be made again.
  await world.time.rest(4_000);
  world.ensureOwner();
  await world.time.rest(100);
  await expectOneHouse(world);
  for (let round = 0; round < ROUNDS; round++) {
    const unsure = world.orders.filter((order) => !isSure(lastOf(order)));
    for (const order of unsure) world.send('1', order);
    await world.time.rest(100);
  }
  await expectOneHouse(world);
  checkOrders(world);
  await world.time.rest(20_000);
  await expectOneHouse(world);
  expect(world.journal.seats()).not.toContain('h');
  expect(world.owner?.actor.settledMark, 'nothing waits any more').toBeDefined();
  expect(world.time.broken).toEqual([]);
  expect(world.violations).toEqual([]);
  // The journal is a house that a next owner can open.
  assertHouse(makeHouse(rowOf(SEATS), RULES, world.journal.claim(SHOWTIME, 0, 'the next').state));
}

const lastOf = ({ attempts }: Order): Attempt | undefined => attempts.at(-1);
const isSure = (attempt: Attempt | undefined): boolean =>
  attempt?.outcome !== undefined && !UNSURE.test(word(attempt.outcome));

/** The owner, and all who look at it, have what the journal has. */
async function expectOneHouse(world: ScheduledWorld): Promise<void> {
  const { journal } = world;
  // A hold may just have ended: that is written and shown in a moment.
  for (let i = 0; i < 3 && world.owner?.screen.shown.seats.join('') !== journal.seats(); i++) await world.time.rest(50);
  const { owner } = world;
  expect(owner?.epoch).toBe(journal.peek(SHOWTIME).epoch);
  expect(owner && spelled(owner.actor).join('')).toBe(journal.seats());
  expect(owner?.screen.shown.seats.join('')).toBe(journal.seats());
}

/** That nothing had to be done is said anew each time. */
const isOfNothing = (outcome: Outcome): boolean => outcome.ok && outcome.type === 'seats' && outcome.seats.length === 0;

function checkOrders(world: ScheduledWorld): void {
  for (const order of world.orders) {
    const { commandId, attempts } = order;
    expect(isSure(lastOf(order)), `${commandId} has a final answer`).toBe(true);
    for (const { node, outcome, number } of attempts) {
      if (node?.isAlive) expect(outcome, `attempt ${number} of ${commandId} was answered`).toBeDefined();
    }
    checkOneEffect(world, order);
    checkHoldEnd(world, order);
    checkRefused(world, order);
  }
  checkSales(world);
  checkHolds(world);
}

function checkOneEffect(world: ScheduledWorld, order: Order): void {
  const { commandId, attempts, who } = order;
  const [first, ...more] = attempts.filter(({ outcome }) => outcome?.ok && !isOfNothing(outcome));
  for (const { outcome, node, socket } of more) {
    expect(isDeepStrictEqual(outcome, first?.outcome), `${commandId} had two outcomes`).toBe(true);
    if (node !== first?.node) world.count('replay at the next owner');
    else world.count(socket.name === first?.socket.name ? 'replay in the same window' : 'replay in another window');
  }
  for (const { node, outcome } of attempts) {
    if (outcome?.ok !== false || 'failure' in outcome) continue;
    const others = attempts.filter((other) => other.node === node && other.outcome && !('failure' in other.outcome));
    if (others.length > 1) world.count('replay of a refusal');
    const isOne = others.every((other) => isDeepStrictEqual(other.outcome, outcome));
    expect(isOne, `${commandId} was refused and not refused by ${node?.name}`).toBe(true);
  }
  // Whoever asked last, and asked the newest owner, and heard no, can rely on that.
  const [last] = attempts
    .filter(({ arrival }) => arrival !== undefined)
    .sort((a, b) => (b.node?.epoch ?? 0) - (a.node?.epoch ?? 0) || (b.arrival ?? 0) - (a.arrival ?? 0));
  if (last?.outcome?.ok !== false || /outcome_unknown|command_reused/.test(word(last.outcome))) return;
  const effect = world.journal.resultOf(SHOWTIME, who, commandId);
  expect([commandId, word(last.outcome), effect]).toEqual([commandId, word(last.outcome), undefined]);
}

/** A hold that was told can be paid until its end, and not from then on. */
function checkHoldEnd(world: ScheduledWorld, { command, attempts, commandId }: Order): void {
  if (command.type !== 'book') return;
  const ends = holdsTold(world, command.holdId).map(({ expiresAt }) => expiresAt);
  const arrived = attempts.flatMap(({ arrivedAt }) => (arrivedAt === undefined ? [] : [arrivedAt]));
  const isTooLate = ends.length > 0 && Math.min(...arrived) >= Math.max(...ends);
  const isTaken = attempts.some(({ outcome }) => outcome?.ok);
  expect(isTaken && isTooLate, `${commandId} came when its hold had ended, and was taken`).toBe(false);
  for (const { outcome, node, arrivedAt = 0, arrival } of attempts) {
    if (!outcome || word(outcome) !== 'hold_expired') continue;
    // As told by then, and by nobody who came after the node that refused.
    const known = holdsTold(world, command.holdId, arrival, node?.epoch).map(({ expiresAt }) => expiresAt);
    const isTooEarly = known.length > 0 && arrivedAt < Math.max(...known);
    expect(isTooEarly, `${commandId} came before its hold ended, and was refused`).toBe(false);
    if (known.length > 0) world.count('late payment refused');
  }
  if (isTaken && Math.min(...ends) - Math.min(...arrived) <= 1) world.count('payment in the last moment');
}

/** Nobody is kept away from a seat by a hold that has ended. (Of an owner that is gone nobody knows what it knew.) */
function checkRefused(world: ScheduledWorld, { commandId, attempts }: Order): void {
  const here = attempts.filter(({ node, outcome }) => node === world.owner && outcome && !('failure' in outcome));
  // Copies are told what the first was, which may have been decided and not told: its refusal waited for the journal.
  const isDecided = ({ node, outcome }: Attempt) =>
    node === world.owner && (!outcome || !('failure' in outcome) || outcome.failure === 'outcome_unknown');
  const cameAt = attempts.flatMap((attempt) => (isDecided(attempt) ? (attempt.arrivedAt ?? []) : []));
  for (const { outcome } of here) {
    if (!outcome || outcome.ok || 'failure' in outcome || outcome.refusal.code !== 'seats_unavailable') continue;
    for (const { seat, reason } of outcome.refusal.conflicts) {
      if (reason !== 'held') continue;
      const index = TERMS.map.indexOf.get(seat) ?? -1;
      const isOfThen = (end: number) => cameAt.some((at) => end > at && end - TERMS.rules.holdTtlMs <= at);
      const isHeld =
        holdsTold(world).some(({ seats, expiresAt }) => seats.includes(index) && isOfThen(expiresAt)) ||
        world.journal.held.some((row) => row.seat === index && isOfThen(row.expiresAt));
      expect(isHeld, `${commandId} is kept from ${seat} by a hold that has ended`).toBe(true);
      world.count('kept away by a hold');
    }
  }
}

/** All that was ever told of a hold, or of all; or before this turn, or by owners up to this epoch. */
function holdsTold(world: ScheduledWorld, id?: string, before = world.turns, epochMax = Number.MAX_VALUE): Hold[] {
  const told = world.orders.flatMap(({ attempts }) =>
    attempts.filter(({ node, answer = 0 }) => node !== undefined && node.epoch <= epochMax && answer < before),
  );
  return told.flatMap(({ outcome }) =>
    outcome?.ok && 'hold' in outcome && outcome.hold && (id ?? outcome.hold.id) === outcome.hold.id
      ? [outcome.hold]
      : [],
  );
}

/** Every booking that was told and not cancelled has its seats, and no seat is in two. */
function checkSales({ orders, journal }: ScheduledWorld): void {
  const { bookings, sold } = journal.peek(SHOWTIME);
  const told = new Map<string, Booking>();
  for (const { attempts, command } of orders) {
    for (const { outcome } of attempts)
      if (command.type === 'book' && outcome?.ok && outcome.type === 'booking')
        told.set(outcome.booking.id, outcome.booking);
  }
  const seats: number[] = [];
  for (const { id, seats: sales } of told.values()) {
    const wasCancelled = orders.some(
      ({ command, who, commandId }) =>
        command.type === 'cancel' && command.bookingId === id && journal.resultOf(SHOWTIME, who, commandId),
    );
    expect([id, bookings.get(id)?.booking.status]).toEqual([id, wasCancelled ? 'cancelled' : 'confirmed']);
    if (wasCancelled) continue;
    for (const seat of sales) expect([seat, sold.get(seat)]).toEqual([seat, id]);
    seats.push(...sales);
  }
  expect(seats.length, 'a seat was sold twice').toBe(new Set(seats).size);
  const commands = [...bookings.values()].map(({ booking, commandId }) => `${booking.holder} ${commandId}`);
  expect(new Set(commands).size).toBe(commands.length);
}

/** A hold that was told, that nobody gave back or booked, and that has not ended, is there. */
function checkHolds(world: ScheduledWorld): void {
  const { holds } = world.journal.peek(SHOWTIME);
  const made = world.orders.flatMap(({ command }) => ('newHoldId' in command ? [command.newHoldId] : []));
  for (const id of made) {
    const isLeft = world.orders.some(
      ({ command }) => (command.type === 'release' || command.type === 'book') && command.holdId === id,
    );
    const told = isLeft ? [] : holdsTold(world, id).filter(({ expiresAt }) => expiresAt > world.time.now());
    for (const seat of told.flatMap(({ seats }) => seats)) {
      expect([seat, holds.get(seat)?.id], 'a hold that was told is gone').toEqual([seat, id]);
      world.count('hold kept to the end');
    }
  }
}
