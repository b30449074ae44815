/** Pages of a public list: what they have, and where the list goes on. */
import { z } from 'zod';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the page behind this one; absent: this is the last. */
  readonly next?: string;
}

/** @param rows one more than `max` where the list goes on. @param positionOf what `pageCursor` reads back. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  max: number,
  positionOf: (row: Row) => unknown,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, max);
  const items = shown.map(itemOf);
  const last = shown.at(-1);
  return rows.length > max && last !== undefined ? { items, next: writeCursor(positionOf(last)) } : { items };
}

/** Opaque to clients, who pass it on as it is. */
export function writeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Undefined: it is no cursor of a list with such positions. */
export function readCursor<Position>(text: string, position: z.ZodType<Position>): Position | undefined {
  try {
    return position.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString(), withoutNul)).data;
  } catch {
    return undefined;
  }
}

/** Postgres takes it in no text: a position with one is none that we wrote. */
function withoutNul(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && value.includes('\0')) throw new Error('A cursor has a NUL in it.');
  return value;
}

/** A query parameter that takes the `next` of an earlier page. */
export function pageCursor<Position>(position: z.ZodType<Position>) {
  return z
    .string()
    .max(2_000)
    .transform((text, context): Position => {
      const read = readCursor(text, position);
      if (read !== undefined) return read;
      context.addIssue('is not the `next` of an earlier answer');
      return z.NEVER;
    })
    .meta({ override: { type: 'string' }, description: 'The `next` of the page before.' });
}
