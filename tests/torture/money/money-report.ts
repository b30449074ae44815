import type { TortureOptions } from '../torture-options.js';
import { type Books, groupBy } from './checker/books.js';
import type { MoneyResult } from './money-run.js';

/** A run in which little happened proves little. */
const FULFILLED_A_SECOND_MIN = 0.5;
const FAULTS_A_MINUTE_MIN = 3;
/** From here on every kind of fault must have come, and everything that happens sometimes. */
const EVERY_KIND_MS = 240_000;
const SHOWN_MAX = 20;
/** A node that finds no Postgres says so and ends; whoever keeps it starts it again. */
const NOT_STARTED = /Usher cannot start/;

/** What must be seen even in half a minute. */
const ALWAYS = ['orders fulfilled', 'refunds', 'seats returned', 'events never sent'];

/** Everything that makes the run a failure, a sentence each. */
export function moneyFailings(result: MoneyResult, { durationMs, faults }: TortureOptions): string[] {
  const { books, violations, found, crashes, tally } = result;
  const failed = [...found, ...violations.map(({ rule, text }) => `${rule}: ${text}`)];
  for (const crash of crashes.filter((how) => !NOT_STARTED.test(how)))
    failed.push(`A process ended by itself: ${crash}`);
  if (!books) return [...failed, 'It was interrupted: a run that was not finished proves nothing.'];
  const seen = sometimes(books);
  const fulfilledMin = Math.round((durationMs / 1_000) * FULFILLED_A_SECOND_MIN);
  const fulfilled = seen['orders fulfilled'] ?? 0;
  if (fulfilled < fulfilledMin) {
    failed.push(`Too little happened: ${fulfilled} orders were fulfilled, and ${fulfilledMin} are needed.`);
  }
  if (tally.repeats === 0 || tally.lostAnswers === 0) failed.push('Too little happened: no request was repeated.');
  const isLong = durationMs >= EVERY_KIND_MS;
  const never = Object.entries(seen).filter(([what, count]) => count === 0 && (isLong || ALWAYS.includes(what)));
  for (const [what] of never) failed.push(`Too little happened: no ${what}.`);
  const all = [...result.faults.values()].reduce((a, b) => a + b, 0);
  const faultsMin = Math.floor((durationMs / 60_000) * FAULTS_A_MINUTE_MIN);
  if (all < faultsMin) failed.push(`Too few faults: ${all}, and ${faultsMin} are needed.`);
  const missing = isLong ? faults.filter((name) => !result.faults.get(name)) : [];
  if (missing.length > 0) failed.push(`Too few faults: none of ${missing.join(', ')}.`);
  return failed;
}

/** What happened, counted from the books. */
function sometimes({ ledger, postgres, mails, heard }: Books): Readonly<Record<string, number>> {
  const { orders, bookings, refunds, returns } = postgres;
  const fulfilled = new Set(orders.filter(({ isFulfilled }) => isFulfilled).map(({ id }) => id));
  const because = (reason: string) => refunds.filter((one) => one.reason === reason).length;
  const copies = (ids: readonly string[]) => ids.length - new Set(ids).size;
  return {
    'orders fulfilled': fulfilled.size,
    'orders expired': orders.filter(({ state }) => state === 'expired').length,
    'late money that got its seats again': bookings.filter((one) => one.attempt > 0 && fulfilled.has(one.orderId))
      .length,
    'late money given back': because('late_payment'),
    'second payments given back': because('paid_twice'),
    'money of cancelled orders given back': because('order_cancelled'),
    'wrong sums given back': because('wrong_sum'),
    refunds: refunds.length,
    'refunds tried again': refunds.filter(({ tries }) => tries > 1).length,
    'seats returned': returns.filter(({ reason }) => reason === 'returned').length,
    'refunds by staff': because('staff'),
    'refunds of cancelled showtimes': because('showtime_cancelled'),
    'events never sent': ledger.events.filter(({ deliveries }) => deliveries === 'never').length,
    'events sent twice': ledger.events.filter(({ deliveries }) => Number(deliveries) > 1).length,
    'payments found by a look': postgres.looksThatFound,
    'copies of mails': copies(mails.map(({ messageId }) => messageId)),
    'copies of webhooks': copies(heard.map(({ id }) => id)),
  };
}

/** For people. */
export function describeMoney(result: MoneyResult, options: TortureOptions): string {
  const { books, tally, faults, restMs } = result;
  const failed = moneyFailings(result, options);
  const ways = [...tally.ways].map(([way, count]) => `${count} × ${way}`).join(', ');
  const refusals = [...tally.refusals].map(([code, count]) => `${count} × ${code}`).join(', ');
  const byName = [...faults].map(([name, count]) => `${count} × ${name}`).join(', ');
  const shown = failed.slice(0, SHOWN_MAX).map((text) => `  ${text}`);
  const more = failed.length > SHOWN_MAX ? [`  … and ${failed.length - SHOWN_MAX} more`] : [];
  const perRule = groupBy(result.violations, ({ rule }) => rule);
  return [
    `seed ${options.seed}, ${options.nodes} nodes, ${options.clients} buyers, ${(options.durationMs / 60_000).toFixed(1)} minutes`,
    `answers: ${tally.answers}, lost ${tally.lostAnswers}, repeated ${tally.repeats}`,
    `ways: ${ways}`,
    `refused: ${refusals}`,
    `faults: ${byName}`,
    ...(books ? Object.entries(sometimes(books)).map(([what, count]) => `${String(count).padStart(7)} ${what}`) : []),
    `at rest after ${(restMs / 1_000).toFixed(1)} s`,
    ...[...perRule].map(([rule, all]) => `VIOLATED ${all.length} × ${rule}`),
    failed.length === 0 ? 'Nothing was found.' : `FAILED:`,
    ...shown,
    ...more,
    '',
  ].join('\n');
}
