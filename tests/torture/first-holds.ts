import { commandsOf, type FaultLine, type Line, type MomentLine } from './checker/history.js';
import { isHold } from './checker/seat-histories.js';
import { DETECTION_MS } from './stage/staged-node.js';

/** How long it took from a moment until the first hold of each showtime that it concerned. */
export interface FirstHolds {
  readonly moment: string;
  /**
   * A value a moment and showtime, in milliseconds; Infinity where none came before the run ended. Those moments only at
   * which nothing but the fault that they belong to was broken, from then until the hold.
   */
  readonly ms: readonly number[];
  /** How many values other faults spoilt. */
  readonly spoilt: number;
}

/** An answer that was on its way when the moment came is not the first after it. */
const ON_ITS_WAY_MS = 5;
/** After a promotion; and 1.5 times as long as it takes to call a silent node dead, after a death with Redis away. */
const MEDIAN_MS_MAX = 1.5 * DETECTION_MS;
const SAMPLES_MIN = 8;
/** A fault that begins later than this after a moment has nothing to do with how long it took. */
const WATCHED_MS = 10_000;

export function firstHolds(lines: readonly Line[]): FirstHolds[] {
  const holds = commandsOf(lines).filter(({ wish, told }) => isHold(wish.f) && told.phase === 'ok');
  const faults = faultsOf(lines);
  const moments = lines.filter((line): line is MomentLine => line.type === 'moment');
  return [...new Set(moments.map(({ name }) => name))].map((moment) => {
    const all = moments
      .filter(({ name }) => name === moment)
      .flatMap(({ showtimes, time }) =>
        showtimes.map((showtime) => {
          const after = holds.filter((hold) => hold.showtime === showtime && hold.completed > time + ON_ITS_WAY_MS);
          const at = Math.min(...after.map(({ completed }) => completed));
          const broken = faults.filter(({ from, to }) => from <= Math.min(at, time + WATCHED_MS) && to >= time);
          return { ms: at - time, isSpoilt: broken.length > 1 };
        }),
      );
    const ms = all.filter(({ isSpoilt }) => !isSpoilt).map((value) => value.ms);
    return { moment, ms, spoilt: all.length - ms.length };
  });
}

function faultsOf(lines: readonly Line[]): { readonly from: number; readonly to: number }[] {
  const faults = lines.filter((line): line is FaultLine => line.type === 'fault');
  return faults
    .filter(({ phase }) => phase === 'start')
    .map(({ name, time }) => {
      const heal = faults.find((line) => line.name === name && line.phase === 'heal' && line.time >= time);
      return { from: time, to: heal?.time ?? Number.POSITIVE_INFINITY };
    });
}

/** A sentence for each kind of moment after which it took too long, by the median of enough of them. */
export function slowHolds(lines: readonly Line[]): string[] {
  return firstHolds(lines).flatMap(({ moment, ms }) => {
    const median = at(ms, 0.5);
    if (ms.length < SAMPLES_MIN || median <= MEDIAN_MS_MAX) return [];
    return [
      `${moment}: the first hold came after ${Math.round(median)} ms at the median; ${MEDIAN_MS_MAX} are allowed.`,
    ];
  });
}

export function describeFirstHolds({ moment, ms, spoilt }: FirstHolds): string {
  if (ms.length === 0) return `${moment} → first hold of each showtime: ${spoilt} values, all spoilt by other faults.`;
  const [median, most, longest] = [0.5, 0.9, 1].map((share) => Math.round(at(ms, share)));
  return `${moment} → first hold of each showtime: median ${median} ms, 90 % ${most} ms, longest ${longest} ms (of ${ms.length}; other faults spoilt ${spoilt}).`;
}

function at(ms: readonly number[], share: number): number {
  const sorted = [...ms].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}
