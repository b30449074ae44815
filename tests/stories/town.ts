/** Who takes part in a whole sale, and what they do again and again. */
import { randomUUID } from 'node:crypto';
import { createClient, type ShowtimeClient } from '@usher/client';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { readCode } from '../../src/boxoffice/tickets/ticket-code.js';
import { cardOf, hold, type Money, type Order, order } from './buying.js';
import { type ClusteredCinema, openClusteredCinema } from './clustered-cinema.js';
import { GRAND_PLAN } from './grand-plan.js';
import { signUp } from './joining.js';
import { Person } from './person.js';

const STAFF = ['olga', 'mona', 'stan'] as const;
const WITH_ACCOUNT = ['ann', 'bob'] as const;
const GUESTS = ['cleo', 'dora', 'emil', 'fred', 'wendy', 'fay'] as const;
const NAMES = [...STAFF, ...WITH_ACCOUNT, ...GUESTS] as const;
type Name = (typeof NAMES)[number];
const DAY_MS = 86_400_000;

/** What the receiver of webhooks has asked for. */
export const HEARD = [
  ...['hold.created', 'booking.created', 'booking.cancelled', 'showtime.cancelled'],
  ...['order.fulfilled', 'order.cancelled', 'order.refunded', 'refund.settled', 'ticket.checked_in'],
];

/** The audit log of the whole story: role, action and kind of subject. */
export const ACTS: readonly string[] = [
  ...['admin account.set_up account', 'admin account.log_in account', 'admin second_factor.enrol account'],
  ...['manager', 'staff'].flatMap((role) => [
    ...['admin account.add account', `${role} account.set_password account`],
    ...[`${role} account.log_in account`, `${role} second_factor.enrol account`],
  ]),
  ...['admin webhook.add webhook', 'admin voucher.add voucher'],
  ...['manager venue.add venue', 'manager hall.create hall', 'manager movie.add movie'],
  ...['manager showtime.add hall', 'manager showtime.add hall'],
  ...['manager showtime.change showtime', 'manager showtime.change showtime'],
  ...['staff order.create order', 'staff payment.take order'],
  ...['staff order.create order', 'staff payment.take order'],
  'manager showtime.cancel showtime',
];

/** Two showtimes of one film, of which both sell by the same terms. Their sale is closed. */
const SHOWTIME = {
  ...{ movieId: 'sunrise', hallId: 'grand', currency: 'EUR', salesOpen: false },
  prices: { Front: 1_800, Rear: 1_200 },
  ticketTypes: [
    { id: 'adult', name: 'Adult' },
    { id: 'child', name: 'Child', prices: { Rear: 700 } },
  ],
  salePolicy: { feePerTicket: 150, taxRate: 600, cancel: { untilMinutesBefore: 30, feePercent: 1_000 } },
};

export interface AuditEntry {
  readonly action: string;
  readonly role: 'admin' | 'manager' | 'staff';
  readonly subject: string;
  readonly address: string;
}
interface CheckInList {
  readonly keys: readonly { readonly number: number; readonly key: string }[];
  readonly tickets: readonly (readonly [id: string, generation: number, state: string, ...rest: string[]])[];
}
interface LedgerEntry {
  readonly received: Money | null;
  readonly refunds: readonly { readonly amount: number }[];
}

export class Town {
  readonly cinema: ClusteredCinema;
  readonly people = {} as Record<Name, Person>;
  /** The maps that people have open. */
  readonly maps = {} as Record<Name, ShowtimeClient>;

  private constructor(cinema: ClusteredCinema) {
    this.cinema = cinema;
    // Half of them use one node and half the other, each from an address of their own.
    for (const name of NAMES) this.people[name] = new Person(this.#nodeOf(name), '', addressOf(name));
  }

  static async open(environment: Readonly<Record<string, string>>): Promise<Town> {
    return new Town(await openClusteredCinema(environment));
  }

  /** Adds a hall and a film, and a showtime for each of these times. Resolves with their ids. */
  async putOn(startsInMinutes: readonly number[]): Promise<readonly string[]> {
    const { mona } = this.people;
    await mona.done('POST', '/v1/venues', { id: 'bijou', name: 'Bijou', city: 'Lisbon', timeZone: 'Europe/Lisbon' });
    await mona.done('POST', '/v1/venues/bijou/halls?name=Grand&id=grand', GRAND_PLAN, { type: 'text/csv' });
    await mona.done('POST', '/v1/movies', { id: 'sunrise', title: 'Sunrise', year: 1927, runtimeMinutes: 94 });
    const ids: string[] = [];
    for (const minutes of startsInMinutes) {
      const startsAt = new Date(Date.now() + minutes * 60_000).toISOString();
      const added = await mona.done<{ showtimes: { id: string }[] }>('POST', '/v1/showtimes', {
        ...SHOWTIME,
        startsAt,
      });
      ids.push(added.showtimes[0]?.id ?? '');
    }
    return ids;
  }

  /** Some customers have an account, and the others buy as guests. */
  async letIn(): Promise<void> {
    for (const name of WITH_ACCOUNT) await signUp(this.people[name], emailOf(name), this.cinema.mailedToken);
    for (const name of GUESTS) {
      const { session } = await this.people[name].done<{ session: string }>('POST', '/v1/sessions');
      this.people[name].token = session;
    }
  }

  /** Opens the map as a page does, and follows it to the node that has the showtime. */
  async watch(name: Name, showtimeId: string): Promise<ShowtimeClient> {
    const token = async () => this.people[name].token;
    const client = createClient({ url: this.#nodeOf(name), showtimeId, token });
    expect(await client.connect()).toMatchObject({ state: 'connected' });
    this.maps[name] = client;
    return client;
  }

  /** From here on each has the name of the other. */
  swap(one: Name, other: Name): void {
    const { people, maps } = this;
    [people[one], people[other]] = [people[other], people[one]];
    [maps[one], maps[other]] = [maps[other], maps[one]];
  }

  /** Buys seats at once, by a card that succeeds. */
  async buy(name: Name, showtimeId: string, seats: readonly string[], more: object = {}): Promise<Order> {
    const held = await hold(this.people[name], showtimeId, seats);
    const asked = { email: emailOf(name), name, pay: cardOf('succeed'), ...more };
    const bought = await order(this.people[name], held, asked);
    expect(bought.order.state).toBe('fulfilled');
    return bought.order;
  }

  async scan(code: string, gate: string, showtimeId: string) {
    const body = { scanId: randomUUID(), code, gate, showtimeId };
    return await this.people.stan.done<{ admitted?: { gate: string; at: string } }>('POST', '/v1/check-ins', body);
  }

  /** Whether a scanner that took the list of the showtime along lets this code in without a network. */
  async knowsOffline(code: string, showtimeId: string): Promise<boolean> {
    const list = await this.people.stan.done<CheckInList>('GET', `/v1/showtimes/${showtimeId}/check-in-list`);
    const read = readCode(code);
    const key = list.keys.find(({ number }) => number === read?.keyNumber);
    const isValid = list.tickets.some(([id, generation, state]) => {
      return id === read?.ticketId && generation === read.generation && state === 'v';
    });
    return isValid && read?.isSignedBy(Buffer.from(key?.key ?? '', 'base64url')) === true;
  }

  async report<Row>(name: string, more = ''): Promise<readonly Row[]> {
    const { rows } = await this.people.mona.done<{ rows: Row[] }>('GET', `/v1/reports/${name}?${span()}${more}`);
    return rows;
  }

  /** What the test provider has taken and given back, in minor units. */
  async ledger(): Promise<{ readonly received: number; readonly refunds: number }> {
    const { payments } = await this.people.stan.done<{ payments: LedgerEntry[] }>('GET', '/v1/test-payments');
    return {
      received: sumOf(payments.map(({ received }) => received?.amount ?? 0)),
      refunds: sumOf(payments.flatMap(({ refunds }) => refunds.map(({ amount }) => amount))),
    };
  }

  /** How many messages of each topic came to the receiver, each counted once. @throws Error where a signature is wrong. */
  told(secret: string): Readonly<Record<string, number>> {
    const hook = new Webhook(secret);
    const seen = new Set<string>();
    const counts: Record<string, number> = {};
    for (const { headers, body } of this.cinema.receiver.received) {
      const { type } = hook.verify(body, headers as Record<string, string>) as { type: string };
      const id = String(headers['webhook-id']);
      if (!seen.has(id)) counts[type] = (counts[type] ?? 0) + 1;
      seen.add(id);
    }
    return counts;
  }

  async close(): Promise<void> {
    for (const map of Object.values(this.maps)) map.close();
    await this.cinema.close();
  }

  #nodeOf(name: Name): string {
    return this.cinema.nodes[NAMES.indexOf(name) % 2]?.url ?? '';
  }
}

export function addressOf(name: Name): string {
  return `198.51.100.${NAMES.indexOf(name) + 1}`;
}

export function emailOf(name: string): string {
  return `${name}@people.example`;
}

/** The days of a report, from yesterday to tomorrow, since the story may run at midnight. */
export function span(): string {
  const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  return `from=${day(-1)}&to=${day(1)}`;
}

export function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
