import { setTimeout as sleep } from 'node:timers/promises';
import { listShowtimes } from '../boxoffice/catalogue/showtime-list.js';
import { type Party, partiesOf, partyOf } from '../boxoffice/demo/demo-parties.js';
import type { Command } from '../core/command.js';
import { BOOKED, HELD } from '../core/house.js';
import { priceOf } from '../core/price.js';
import type { Ids } from '../kernel/ids.js';
import type { Log } from '../kernel/log.js';
import type { Host } from '../runtime/host.js';
import type { Hosts } from '../runtime/hosts.js';
import type { Outcome } from '../runtime/outcome.js';
import type { Payment } from '../runtime/till-port.js';
import type { Store } from './store.js';

/** How far ahead a house has buyers. */
const AHEAD_MS = 36 * 3_600_000;
/** Between two parties while the houses fill, and after that, when it is a sale to watch. */
const FILL_EVERY_MS = 50;
const COME_EVERY_MS = 8_000;
/** A party that came later pays, or gives back, within this. */
const DECIDE_MS_MAX = 30_000;
/** Later parties come to the next few showtimes, and leave whoever tries the demo enough to choose from. */
const SHOWTIMES_ON_SALE = 6;
const TAKEN_SHARE_MAX = 0.7;
/** An actor that ended answers nobody. */
const ANSWER_MS_MAX = 10_000;

export interface DemoCrowdParts {
  readonly pool: Store['pool'];
  readonly hosts: Pick<Hosts, 'open'>;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * People of no flesh who buy in the demo cinema, by the commands that everybody's buying goes through. First they fill the
 * houses, each to its own share; then one party comes every few seconds. Returns what sends them home.
 */
export function bringDemoCrowd({ pool, hosts, ids, log }: DemoCrowdParts): () => void {
  const home = new AbortController();
  const { signal } = home;
  const wait = (ms: number) => sleep(ms, undefined, { signal, ref: false });
  let later = 0;

  async function houses(): Promise<string[]> {
    const now = Date.now();
    const { items } = await listShowtimes(pool, { from: new Date(now), until: new Date(now + AHEAD_MS) });
    return items.map(({ id }) => id);
  }

  async function fill(showtimeId: string): Promise<void> {
    const opened = await hosts.open(showtimeId);
    if (!opened.ok) return;
    const { host } = opened;
    for (let number = 0; number < partiesOf(showtimeId, host.statuses.length); number++) {
      const party = partyOf(showtimeId, number);
      const { holds, bookings } = host.own(party.holder);
      // They have been here before the restart, or on the hour before.
      if (holds.length + bookings.length > 0) continue;
      await buy(host, party, 0);
      await wait(FILL_EVERY_MS);
    }
  }

  async function buy(host: Host, party: Party, decideMs: number): Promise<void> {
    const { holder } = party;
    const { categories, seats } = host.terms.map.data;
    // By a seat of the hall, so that a category of few seats is not sold out first.
    const category = categories[seats.category[Math.floor(party.taste * seats.category.length)] ?? -1]?.name;
    const wish: Command = { type: 'best_available', holder, count: party.seats, newHoldId: ids.uuid() };
    let held = await ask(host, ids, category === undefined ? wish : { ...wish, category });
    if (!held?.ok) held = await ask(host, ids, wish);
    if (!held?.ok || held.type !== 'hold') return;
    const holdId = held.hold.id;
    const price = { amount: priceOf(held.hold), currency: host.terms.rules.currency };
    await wait(decideMs);
    if (party.pays) {
      const booking = { newBookingId: ids.uuid(), newReference: ids.reference() };
      await ask(host, ids, { type: 'book', holder, holdId, price, ...booking }, { method: 'test' });
    } else if (decideMs > 0) {
      await ask(host, ids, { type: 'release', holder, holdId });
    }
  }

  async function come(): Promise<void> {
    const next = (await houses()).slice(0, SHOWTIMES_ON_SALE);
    const showtimeId = next[Math.floor(Math.random() * next.length)];
    const opened = showtimeId === undefined ? undefined : await hosts.open(showtimeId);
    if (!opened?.ok || takenShare(opened.host) > TAKEN_SHARE_MAX) return;
    const party = partyOf(ids.uuid(), later);
    void buy(opened.host, { ...party, holder: `demo:later:${later++}` }, Math.random() * DECIDE_MS_MAX).catch(
      () => undefined,
    );
  }

  async function live(): Promise<void> {
    for (const showtimeId of await houses()) await fill(showtimeId);
    for (;;) {
      await wait(COME_EVERY_MS);
      await come();
    }
  }

  live().catch((error) => {
    if (!signal.aborted)
      log.warn(
        { event: 'demo.crowd_left', err: error },
        'The simulated buyers of the demo cinema stopped after an error.',
      );
  });
  return () => home.abort();
}

function takenShare({ statuses }: Host): number {
  return statuses.reduce((taken, code) => taken + (code === HELD || code === BOOKED ? 1 : 0), 0) / statuses.length;
}

/** What the house says; undefined where it ended without a word. */
async function ask(host: Host, ids: Ids, command: Command, payment?: Payment): Promise<Outcome | undefined> {
  const holder = 'holder' in command ? command.holder : '';
  const answered = new Promise<Outcome>((resolve) => {
    const submission = { requestId: 1, commandId: ids.uuid(), command, ...(payment ? { payment } : {}) };
    host.submit(submission, { holder, waiting: 0, reply: (_, outcome) => resolve(outcome) });
  });
  return await Promise.race([answered, sleep(ANSWER_MS_MAX, undefined, { ref: false })]);
}
