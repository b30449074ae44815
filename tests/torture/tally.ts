import { commandsOf, type Line, type RunLine, wasDecided } from './checker/history.js';
import { isHold } from './checker/seat-histories.js';

/** What happened, counted from the history itself. */
export interface Tally {
  /** By verb and outcome, `hold ok` for instance. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly acknowledged: number;
  readonly unknown: number;
  /** Commands of which more than one try was sent. */
  readonly repeated: number;
  readonly holdsAsked: number;
  /** Holds that were refused because somebody else had a seat. */
  readonly holdsLost: number;
  readonly seats: number;
  /** Seats that at least three clients asked for. */
  readonly contested: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly epochs: number;
  readonly reads: number;
}

export function tallyOf(lines: readonly Line[]): Tally {
  const commands = commandsOf(lines);
  const outcomes = new Map<string, number>();
  const wanted = new Map<string, Set<string>>();
  let [holdsAsked, holdsLost] = [0, 0];
  for (const { wish, told, showtime, process } of commands) {
    add(outcomes, `${wish.f} ${told.phase}`);
    if (!isHold(wish.f)) continue;
    if (wasDecided(told)) holdsAsked++;
    if (told.error === 'seats_unavailable' || told.error === 'none_available') holdsLost++;
    for (const seat of wish.seats ?? []) {
      const key = `${showtime} ${seat}`;
      wanted.set(key, (wanted.get(key) ?? new Set()).add(process));
    }
  }
  const faults = new Map<string, number>();
  for (const line of lines) {
    if (line.type !== 'fault' || line.phase === 'heal') continue;
    faults.set(line.name, (faults.get(line.name) ?? 0) + (line.phase === 'start' ? 1 : -1));
  }
  const run = lines.find((line): line is RunLine => line.type === 'run');
  const reads = lines.filter((line) => line.type === 'read');
  return {
    outcomes,
    acknowledged: commands.filter(({ told }) => told.phase === 'ok').length,
    unknown: commands.filter(({ told }) => told.phase === 'unknown').length,
    repeated: commands.filter(({ tries }) => tries.length > 1).length,
    holdsAsked,
    holdsLost,
    seats: run?.showtimes.reduce((sum, { labels }) => sum + labels.length, 0) ?? 0,
    contested: [...wanted.values()].filter(({ size }) => size >= 3).length,
    faults,
    epochs: new Set(reads.map(({ showtime, epoch }) => `${showtime} ${epoch}`)).size,
    reads: reads.length,
  };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
