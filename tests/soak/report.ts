import { textTable } from '../../src/ops/text-table.js';
import { median } from './trend.js';
import type { Finding, Findings, Sample } from './verdict.js';

const MINUTE_MS = 60_000;
/** What the table shows of each minute, and with how many digits. */
const COLUMNS = [
  ['cpu wait %', 'cpu wait', 0],
  ['commands/s', 'cmd/s', 0],
  ['p50 ms', 'p50 ms', 1],
  ['p99 ms', 'p99 ms', 1],
  ['reads p99 ms', 'read p99', 1],
  ['backlog', 'backlog', 0],
  ['a rss MiB', 'a rss', 0],
  ['b rss MiB', 'b rss', 0],
  ['a heap MiB', 'a heap', 0],
  ['b heap MiB', 'b heap', 0],
  ['a live heap MiB', 'a live', 1],
  ['b live heap MiB', 'b live', 1],
  ['a external MiB', 'a ext', 1],
  ['b external MiB', 'b ext', 1],
  ['a files', 'a files', 0],
  ['b files', 'b files', 0],
  ['a loop p99 ms', 'a loop', 1],
  ['b loop p99 ms', 'b loop', 1],
  ['pg connections', 'pg conn', 0],
  ['held seats', 'held', 0],
  ['outcome rows', 'outcomes', 0],
  ['oldest outcome s', 'oldest s', 0],
  ['redis MiB', 'redis', 2],
  ['redis keys', 'keys', 0],
] as const;

/** The median of every minute; megabytes are MiB. */
export function tableByMinute(samples: readonly Sample[]): string {
  const minutes = new Map<number, Sample[]>();
  for (const sample of samples) {
    const minute = Math.floor(sample.atMs / MINUTE_MS) + 1;
    minutes.set(minute, [...(minutes.get(minute) ?? []), sample]);
  }
  const rows = [...minutes].map(([minute, ofMinute]) => [
    minute,
    ...COLUMNS.map(([name, , digits]) => {
      const value = median(ofMinute.flatMap(({ gauges }) => gauges[name] ?? []));
      return Number.isNaN(value) ? undefined : Number(value.toFixed(digits));
    }),
  ]);
  return `${textTable(['min', ...COLUMNS.map(([, head]) => head)], rows).join('\n')}\n`;
}

export function verdictText(findings: Findings, judged: readonly Finding[]): string {
  const rows = judged.map(({ what, found, bound, isFine }) => [isFine ? 'ok' : 'FAILED', what, found, bound]);
  const { faults, drift, complaints } = findings;
  const details = [
    ...[...faults].map(([what, times]) => `fault: ${what}, ${times} times`),
    ...drift.map((what) => `drift: ${what}`),
    ...complaints.map((line) => `log: ${line}`),
  ];
  const isFine = judged.every((finding) => finding.isFine);
  return [
    ...textTable(['', 'what', 'found', 'bound'], rows),
    ...details.slice(0, 50),
    isFine ? 'Verdict: nothing grew, nothing drifted.' : 'Verdict: FAILED.',
    '',
  ].join('\n');
}
