/** What several templates of mails are made of. */
import type { ShowFacts, ShowLines } from './mail-facts.js';
import type { MailFormat } from './mail-format.js';
import type { Block, Row } from './mail-layout.js';

/** What a template makes of its values, before it is laid out. */
export interface Drafted {
  readonly subject: string;
  readonly title: string;
  /** Whom it greets; empty: nobody by name. */
  readonly name: string;
  readonly blocks: readonly Block[];
}

export function wordsOf<Group extends keyof MailFormat['texts']>(
  format: MailFormat,
  group: Group,
  values: Readonly<Record<string, string>>,
) {
  return { texts: format.texts[group], fill: (text: string) => format.fill(text, values) };
}

export function said(text: string): Block {
  return { kind: 'text', text };
}

export function shown({ show, bookingReferences, lines }: ShowLines, format: MailFormat): Block[] {
  const { booking } = format.texts.common;
  const seats = lines.map(({ seat }) => seat);
  const references: Row[] = bookingReferences.map((reference) => [booking, reference]);
  return [{ kind: 'heading', text: show.movie }, facts(show, seats, format, references)];
}

export function facts(show: ShowFacts, seats: readonly string[], format: MailFormat, more: readonly Row[] = []): Block {
  const { when, where, hall, seats: seatsLabel } = format.texts.common;
  const place = [show.venue, show.address].filter((part) => part !== '').join(', ');
  return {
    kind: 'facts',
    rows: [
      [when, format.time(show.startsAt, show.timeZone)],
      [where, place],
      [hall, show.hall],
      ...(seats.length === 0 ? [] : [[seatsLabel, seats.join(', ')] as const]),
      ...more,
    ],
  };
}
