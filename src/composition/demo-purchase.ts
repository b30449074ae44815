import { setTimeout as sleep } from 'node:timers/promises';
import type { Party } from '../boxoffice/demo/demo-parties.js';
import type { Command } from '../core/command.js';
import { priceOf } from '../core/price.js';
import type { Ids } from '../kernel/ids.js';
import type { Host } from '../runtime/host.js';
import type { Outcome } from '../runtime/outcome.js';
import type { Payment } from '../runtime/till-port.js';

/** An actor that ended does not answer. */
const ANSWER_MS_MAX = 10_000;

interface PurchaseParts {
  readonly ids: Ids;
  readonly wait: (ms: number) => Promise<void>;
}

/** One party holds seats and pays, or gives them back, after `decideMs`. */
export async function buy(host: Host, party: Party, decideMs: number, { ids, wait }: PurchaseParts): Promise<void> {
  const { holder } = party;
  const held = await hold(host, party, ids);
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

/** In the category that the party likes; where that is refused, in any other. */
async function hold(host: Host, { holder, seats: count, taste }: Party, ids: Ids): Promise<Outcome | undefined> {
  // By a seat of the hall, so that a category of few seats is not sold out first.
  const { categories, seats } = host.terms.map.data;
  const category = categories[seats.category[Math.floor(taste * seats.category.length)] ?? -1]?.name;
  type Wish = Extract<Command, { type: 'best_available' }>;
  const wish = (): Wish => ({ type: 'best_available', holder, count, newHoldId: ids.uuid() });
  const held = await ask(host, ids, category === undefined ? wish() : { ...wish(), category });
  // Without an answer the first wish may still come true.
  return held === undefined || held.ok ? held : await ask(host, ids, wish());
}

/** The outcome; undefined where the house ended without an answer. */
async function ask(host: Host, ids: Ids, command: Command, payment?: Payment): Promise<Outcome | undefined> {
  const holder = 'holder' in command ? command.holder : '';
  const answered = new Promise<Outcome>((resolve) => {
    const submission = { requestId: 1, commandId: ids.uuid(), command, ...(payment ? { payment } : {}) };
    host.submit(submission, { holder, waiting: 0, reply: (_, outcome) => resolve(outcome) });
  });
  return await Promise.race([answered, sleep(ANSWER_MS_MAX, undefined, { ref: false })]);
}
