import type { Buyer } from '../people/buyer.js';
import type { World } from '../world/world.js';
import type { Orders } from './orders.js';
import type { Purchases } from './purchases.js';
import { spell } from './told-states.js';

const LOOK_MS = 100;

/** Waits until nothing is left to be done; after `msMax` whatever is not at rest is a violation. */
export async function comesToRest(
  world: World,
  buyers: readonly Buyer[],
  orders: Orders,
  purchases: Purchases | undefined,
  msMax: number,
  when: string,
): Promise<void> {
  const until = world.time.now() + msMax;
  const look = () => [...lookAround(world, buyers, orders), ...(purchases?.underWay() ?? [])];
  let restless = look();
  while (restless.length > 0 && world.time.now() < until) {
    await world.time.advance(LOOK_MS);
    restless = look();
  }
  for (const what of restless.slice(0, 3)) world.violate('all progress', `${when}: ${what}`);
}

/** What does not stand as it should once all faults are over. */
function lookAround(world: World, buyers: readonly Buyer[], orders: Orders): readonly string[] {
  const found: string[] = [];
  if (orders.open > 0) found.push(`${orders.open} commands have no outcome`);
  for (const { windows, showtimeId, holder } of buyers) {
    const seats = world.journal.seatsOf(showtimeId);
    const { epoch, holds, bookings } = world.journal.peek(showtimeId);
    const held = new Set([...holds.values()].filter((hold) => hold.holder === holder).map(({ id }) => id));
    const booked = [...bookings.values()].filter(({ booking }) => booking.holder === holder && isConfirmed(booking));
    for (const { name, client } of windows) {
      const state = client.getSnapshot();
      if (state.connection.state !== 'connected') found.push(`${name} is ${state.connection.state}`);
      else if (state.epoch !== epoch) found.push(`${name} follows epoch ${state.epoch}, and ${epoch} is the newest`);
      else if (spell(state.statuses) !== seats) found.push(`${name} shows ${spell(state.statuses)}, not ${seats}`);
      else if (state.holds.length !== held.size || !state.holds.every(({ id }) => held.has(id))) {
        found.push(`${name} has ${state.holds.length} holds, and the journal ${held.size} of them`);
      } else if (
        !sameIds(
          state.bookings.filter(isConfirmed),
          booked.map(({ booking }) => booking),
        )
      ) {
        found.push(`${name} has ${state.bookings.length} bookings, and the journal ${booked.length}`);
      } else {
        const shown = [...state.holds, ...state.bookings.filter(isConfirmed)].flatMap(
          ({ seats, ticketTypes, orderId }) => seats.map((seat, i) => `${seat} ${ticketTypes?.[i]} ${orderId}`),
        );
        const [is, shouldBe] = [shown.sort().join(', '), soldTo(holder, world, showtimeId).sort().join(', ')];
        if (is !== shouldBe) found.push(`${name} shows ${is}, and the journal has ${shouldBe}`);
      }
    }
  }
  return found;
}

function isConfirmed({ status }: { readonly status: string }): boolean {
  return status === 'confirmed';
}

function sameIds(some: readonly { readonly id: string }[], others: readonly { readonly id: string }[]): boolean {
  const ids = new Set(others.map(({ id }) => id));
  return some.length === others.length && some.every(({ id }) => ids.has(id));
}

/** What each seat of somebody is sold as, and by which order: `5 child undefined`. Of a hold that shrank, rows may have the value of before. */
function soldTo(holder: string, world: World, showtimeId: string): string[] {
  const { holds, bookings } = world.journal.peek(showtimeId);
  const labels = world.labels();
  const held = [...holds].filter(([, hold]) => hold.holder === holder).map(([seat, hold]) => [seat, hold] as const);
  const booked = [...bookings.values()]
    .filter(({ booking }) => booking.holder === holder && isConfirmed(booking))
    .flatMap(({ booking }) => booking.seats.map((seat) => [seat, booking] as const));
  return [...held, ...booked].map(
    ([seat, { seats, ticketTypes, orderId }]) => `${labels[seat]} ${ticketTypes?.[seats.indexOf(seat)]} ${orderId}`,
  );
}
