/**
 * Gives every seat the label that people read: row, dash, number ("K-12"), or what the plan's own patterns make of them
 * ("Table 5, seat 1"). Labels are unique in the map, because they are what commands name seats by; the `seat_guid`s of
 * real files are not. Two labels that no eye can tell apart count as one.
 */
import { type Draft, type DraftRow, LABEL_LENGTH_MAX } from './draft.js';
import { roughSkeleton, skeleton } from './lookalikes.js';
import { cutText } from './read-value.js';

/** Labels the draft's seats in place and returns those of the standing places, area after area. */
export function labelSeats(draft: Draft): string[] {
  const taken = new TakenLabels();
  const clashing = rowsInSeveralZones(draft);
  for (const row of draft.rows) labelRow(draft, row, clashing.has(rowKey(row)), taken);
  const standing: string[] = [];
  for (const area of draft.areas) {
    for (let n = 1; n <= area.capacity; n++) {
      const label = taken.unique(`${area.name}-${n}`);
      if (label !== `${area.name}-${n}`) noteDuplicate(draft, area.path, label);
      standing.push(label);
    }
  }
  noteNearTwins(draft);
  return standing;
}

function labelRow(draft: Draft, row: DraftRow, clashes: boolean, taken: TakenLabels): void {
  const seats = draft.seats.slice(row.first, row.first + row.count);
  const zone = draft.zones[row.zone]?.name ?? '';
  for (const seat of seats) {
    const plain = plainLabel(row, seat.number);
    const label = clashes ? withZone(zone, plain) : plain;
    seat.label = taken.unique(label);
    if (seat.label !== label) noteDuplicate(draft, `${seat.path}.seat_number`, seat.label);
  }
  if (!clashes) return;
  const message = `Another zone has a row "${row.label}" with the same seats; here they are "${seats[0]?.label}" and so on.`;
  draft.findings.repair(row.path, 'row_in_two_zones', message);
}

/**
 * The rows of which another zone has seats of the same names. All zones are then named in front of them, and in front of
 * whole rows: where one of two floors is called "17-29" and the other "Balcony 17-29", people go to the wrong one.
 */
function rowsInSeveralZones(draft: Draft): ReadonlySet<string> {
  const zonesOf = new Map<string, Set<number>>();
  const clashing = new Set<string>();
  const each = (visit: (row: DraftRow, name: string) => void) => {
    for (const row of draft.rows) {
      for (const seat of draft.seats.slice(row.first, row.first + row.count)) {
        visit(row, skeleton(plainLabel(row, seat.number)));
      }
    }
  };
  each(({ zone }, name) => {
    const zones = zonesOf.get(name);
    if (zones === undefined) zonesOf.set(name, new Set([zone]));
    else zones.add(zone);
  });
  each((row, name) => {
    if ((zonesOf.get(name)?.size ?? 0) > 1) clashing.add(rowKey(row));
  });
  return clashing;
}

function rowKey({ zone, label }: DraftRow): string {
  return `${zone} ${label}`;
}

function noteDuplicate(draft: Draft, path: string, label: string): void {
  draft.findings.repair(
    path,
    'duplicate_label',
    `Another seat has or seems to have this label; this one is "${label}".`,
  );
}

/** "O-1" and "0-1" stay as they are, since either may be what the hall has on its chairs; but somebody should look. */
function noteNearTwins(draft: Draft): void {
  const firstOf = new Map<string, string>();
  for (const { label, path } of draft.seats) {
    const rough = roughSkeleton(label);
    const first = firstOf.get(rough);
    if (first === undefined) firstOf.set(rough, label);
    else draft.findings.repair(path, 'lookalike_label', `"${label}" is easily taken for "${first}".`);
  }
}

function plainLabel(row: DraftRow, number: string): string {
  return row.isSpelt ? `${row.label}, ${number}` : seatLabel(row.label, number);
}

/** "1-1" in row "1" and "K12" in row "K" name their row already; "12" in row "1" does not. */
export function seatLabel(row: string, number: string): string {
  if (number.startsWith(row)) {
    const next = number.charAt(row.length);
    if (/[-/. _:]/.test(next) || (/\d/.test(next) && !/\d$/.test(row))) return number;
  }
  return `${row}-${number}`;
}

function withZone(zone: string, label: string): string {
  const room = LABEL_LENGTH_MAX - label.length - 1;
  const prefix = cutText(zone, Math.max(0, room));
  return prefix === '' ? label : `${prefix} ${label}`;
}

class TakenLabels {
  readonly #taken = new Set<string>();
  /** The next number to try behind a label, so that a thousand equal labels cost a thousand steps and not a million. */
  readonly #nextNumber = new Map<string, number>();

  unique(label: string): string {
    let unique = label;
    if (this.#taken.has(skeleton(unique))) {
      const stem = cutText(label, LABEL_LENGTH_MAX - 9);
      const key = skeleton(stem);
      let number = this.#nextNumber.get(key) ?? 2;
      do unique = `${stem} (${number++})`;
      while (this.#taken.has(skeleton(unique)));
      this.#nextNumber.set(key, number);
    }
    this.#taken.add(skeleton(unique));
    return unique;
  }
}
