/**
 * Gives every seat the label that people read: row, dash, number ("K-12"). Labels are unique in the map, because they
 * are what commands name seats by; the `seat_guid`s of real files are not.
 */
import { type Draft, type DraftRow, type DraftSeat, LABEL_LENGTH_MAX } from './draft.js';
import { cutText } from './read-value.js';

/** Labels the draft's seats in place and returns those of the standing places, area after area. */
export function labelSeats(draft: Draft): string[] {
  const taken = new TakenLabels();
  for (const row of draft.rows) labelRow(draft, row, taken);
  const standing: string[] = [];
  for (const area of draft.areas) {
    for (let n = 1; n <= area.capacity; n++) {
      const label = taken.unique(`${area.name}-${n}`, area.zone);
      if (label !== `${area.name}-${n}`) noteDuplicate(draft, area.path, label);
      standing.push(label);
    }
  }
  return standing;
}

function labelRow(draft: Draft, row: DraftRow, taken: TakenLabels): void {
  const seats = draft.seats.slice(row.first, row.first + row.count);
  const zone = draft.zones[row.zone]?.name ?? '';
  // The whole row is renamed where one of its seats would clash: a row that is "17-29" at its end and
  // "Balcony 17-28" before it would mislead whoever looks for it.
  const clashes = seats.some((seat) => taken.inOtherZone(seatLabel(row.label, seat.number), row.zone));
  for (const seat of seats) {
    const plain = seatLabel(row.label, seat.number);
    const label = clashes ? withZone(zone, plain) : plain;
    seat.label = taken.unique(label, row.zone);
    if (seat.label !== label) noteDuplicate(draft, `${seat.path}.seat_number`, seat.label);
  }
  if (clashes) {
    const first: DraftSeat | undefined = seats[0];
    const message = `Another zone has a row "${row.label}" with the same seats; here they are "${first?.label}" and so on.`;
    draft.findings.repair(row.path, 'row_in_two_zones', message);
  }
}

function noteDuplicate(draft: Draft, path: string, label: string): void {
  draft.findings.repair(path, 'duplicate_label', `Another seat has this label; this one is "${label}".`);
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
  private readonly zoneOf = new Map<string, number>();
  /** The next number to try behind a label, so that a thousand equal labels cost a thousand steps and not a million. */
  private readonly nextNumber = new Map<string, number>();

  inOtherZone(label: string, zone: number): boolean {
    const owner = this.zoneOf.get(label);
    return owner !== undefined && owner !== zone;
  }

  unique(label: string, zone: number): string {
    let unique = label;
    if (this.zoneOf.has(unique)) {
      const stem = cutText(label, LABEL_LENGTH_MAX - 9);
      let number = this.nextNumber.get(stem) ?? 2;
      do unique = `${stem} (${number++})`;
      while (this.zoneOf.has(unique));
      this.nextNumber.set(stem, number);
    }
    this.zoneOf.set(unique, zone);
    return unique;
  }
}
