import { describeFault, type Plan } from './plan/plan.js';
import type { Outcome } from './simulate.js';
import type { Swept } from './sweep.js';
import { SOMETIMES } from './world/census.js';

/** From so many seeds on, a path that was never taken is a hole in the simulation. */
export const CENSUS_SEEDS_MIN = 1_000;
const TRACE_LINES_MAX = 400;

export function describeSweep({ seeds, failed, census, virtualMs, tookMs }: Swept): string {
  const perSecond = (seeds / tookMs) * 1_000;
  const lines = [
    `${seeds} seeds, ${perSecond.toFixed(1)} a second; ${(virtualMs / 3_600_000).toFixed(1)} hours of virtual time in ${(tookMs / 1_000).toFixed(0)} s`,
    '',
    'Sometimes:',
    ...SOMETIMES.map((what) => `  ${String(census.of(what)).padStart(9)}  ${what}`),
    '',
  ];
  if (failed.length === 0) lines.push('Every promise was kept.');
  for (const { seed, violations } of failed.toSorted((a, b) => a.seed - b.seed)) {
    const [first] = violations;
    if (first) lines.push(`seed ${seed}: ${first.promise}: ${first.what}`);
  }
  const missing = census.missing();
  if (seeds >= CENSUS_SEEDS_MIN && missing.length > 0) lines.push(`Never: ${missing.join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

export function isPassed({ seeds, failed, census }: Swept): boolean {
  return failed.length === 0 && (seeds < CENSUS_SEEDS_MIN || census.missing().length === 0);
}

export function describeRun(plan: Plan, { trace, violations, hash, ranMs }: Outcome): string {
  const { seed, nodes, buyers, showtimes, seats, chaosMs, faults } = plan;
  const shown = trace.length > TRACE_LINES_MAX ? ['…', ...trace.slice(-TRACE_LINES_MAX)] : trace;
  return [
    `seed ${seed}: ${nodes} nodes, buyers ${buyers.join(' ')}, ${showtimes} showtimes of ${seats} seats, ${chaosMs} ms, ${faults.length} faults`,
    ...faults.map((fault) => `  ${describeFault(fault)}`),
    ...shown,
    '',
    `${ranMs} ms of virtual time; hash ${hash}`,
    ...(violations.length === 0
      ? ['Every promise was kept.']
      : violations.map(({ promise, what }) => `BROKEN ${promise}: ${what}`)),
    '',
  ].join('\n');
}
