import type { Histogram } from 'hdr-histogram-js';
import type { RushResult } from './conductor.js';
import type { RushOptions } from './rush-options.js';
import type { Series } from './tally.js';

/** A race was lost: the seats were somebody else's by the time the command arrived. */
const CONTENTION = ['seats_unavailable', 'none_available'] as const;

const SERIES: readonly (readonly [Series, string])[] = [
  ['connect', 'connect → snapshot'],
  ['hold', 'hold → held'],
  ['refusal', 'hold → refused'],
  ['book', 'book → booked'],
  ['ownDelta', 'reply → own delta'],
];
const EXAMPLES_MAX = 10;

/** Everything for which the rush is to fail, in words; empty where all promises were kept. */
export function failings(result: RushResult, options: RushOptions): string[] {
  const { tally, verdict, maps } = result;
  const { counts } = tally;
  const found: string[] = [];
  const kinds = new Map<string, string[]>();
  for (const { kind, detail } of verdict.violations) kinds.set(kind, [...(kinds.get(kind) ?? []), detail]);
  for (const [kind, details] of kinds) {
    found.push(`${kind} × ${details.length}`, ...details.slice(0, EXAMPLES_MAX).map((detail) => `  ${detail}`));
  }
  const count = (times: number, what: string) => {
    if (times > 0) found.push(`${what} × ${times}`);
  };
  count(counts.unhealedGaps, 'a gap in the deltas that no snapshot followed');
  count(counts.silentErrors, 'a seat that a snapshot had otherwise than the deltas before it');
  count(counts.unsoldSeats, 'a booked seat that was told to be free again');
  count(counts.forgotten, 'a hold or booking that a snapshot no longer knew');
  if (!maps) found.push('the clients never agreed on one place in the stream');
  else if (maps.wrong > 0) {
    found.push(`a map that differs from Postgres × ${maps.wrong}`, ...maps.examples.map((example) => `  ${example}`));
  }
  if (result.ready < options.clients) {
    found.push(`only ${result.ready} of ${options.clients} clients could connect`);
  }
  count(counts.abandoned, 'a client that could not connect (again)');
  if (contention(result) === 0) found.push('no contention: nobody ever lost a race, so nothing was tested');
  return found;
}

function contention({ tally }: RushResult): number {
  return CONTENTION.reduce((sum, code) => sum + (tally.refusals.get(code) ?? 0), 0);
}

/** The tables that people read, and the verdict at their end. */
export function describe(result: RushResult, options: RushOptions): string {
  const { tally, verdict } = result;
  const { counts } = tally;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const selling = result.soldOut
    ? `sold out in ${seconds(result.sellingMs)}`
    : `stopped at ${seconds(result.sellingMs)}`;
  const rows: (readonly [string, string | number])[] = [
    ['seed', options.seed],
    ['clients connected', `${result.ready} of ${options.clients} in ${seconds(result.connectingMs)}`],
    ['seats sold', `${verdict.soldSeats} of ${result.seats}, ${selling}`],
    ['hold attempts', counts.holdAttempts],
    ['holds', counts.holds],
    ['refusals', spelled(tally.refusals)],
    ['bookings', counts.bookings],
    ['releases', counts.releases],
    ['extensions', counts.extensions],
    ['holds run out', counts.expirations],
    ['connections lost', spelled(tally.closes)],
    ['come back', `${counts.recovered} recovered, ${counts.resnapshot} by snapshot`],
    ['commands sent again', `${counts.sentAgain} of ${counts.inFlightLost} lost in flight`],
    ['told by the server', spelled(tally.told)],
    ['deltas received', `${counts.deltas} with ${counts.changes} changes, ${counts.gaps} gaps`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    latencyTable(SERIES.map(([series, name]) => [name, tally.latencies[series]])),
    '',
    verdictLines(result, options),
    '',
  ].join('\n');
}

function verdictLines(result: RushResult, options: RushOptions): string {
  const { verdict, maps } = result;
  const found = failings(result, options);
  const checked = [
    `  Postgres has ${verdict.confirmedBookings} confirmed bookings of ${verdict.soldSeats} seats.`,
    `  Looked up there: ${verdict.bookingsChecked} acknowledged bookings, ${verdict.holdsChecked} live holds, ${maps?.clients ?? 0} maps.`,
  ];
  const heading =
    found.length === 0
      ? 'VERDICT  clean: no seat sold twice, nothing acknowledged is missing, nothing told is untrue'
      : 'VERDICT  VIOLATED';
  return [heading, ...checked, ...found.map((line) => `  ! ${line}`)].join('\n');
}

function latencyTable(series: readonly (readonly [string, Histogram])[]): string {
  const cells = (values: readonly string[]) => values.map((value) => value.padStart(10)).join('');
  const milliseconds = (microseconds: number) => (microseconds / 1000).toFixed(2);
  const lines = series.map(([name, histogram]) => {
    const at = (percentile: number) => milliseconds(histogram.getValueAtPercentile(percentile));
    const values = [String(histogram.totalCount), at(50), at(90), at(99), at(99.9), milliseconds(histogram.maxValue)];
    return `  ${name.padEnd(20)}${cells(values)}`;
  });
  return [`  ${'milliseconds'.padEnd(20)}${cells(['count', 'p50', 'p90', 'p99', 'p99.9', 'max'])}`, ...lines].join(
    '\n',
  );
}

function spelled(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return 'none';
  return [...counts]
    .sort(([, a], [, b]) => b - a || 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
