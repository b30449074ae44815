import { z } from 'zod';
import type { Refusal } from '../../core/refusal.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { emailSchema } from '../accounts/account-store.js';
import { text } from '../catalogue/edit-parts.js';
import type { ListedEntry } from './waitlist-lists.js';

const SEATS_MAX = 100;
const STATES = ['waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'closed'] as const;

const label = text(64).min(1);
const wishSchema = z
  .union([
    z.strictObject({ seats: z.array(label).min(1).max(SEATS_MAX) }),
    z.strictObject({
      count: z.int().min(1).max(SEATS_MAX),
      category: label.optional(),
      zone: label.optional(),
      together: z.boolean().optional().meta({ description: 'In one row. Absent: true.' }),
    }),
  ])
  .meta({ description: 'These very seats, all of them; or so many seats, of a category or zone where one is named.' });

export const newEntry = z.strictObject({
  wish: wishSchema,
  email: emailSchema
    .optional()
    .meta({ description: 'Where offers are mailed to. Absent: to the address of your account.' }),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/, 'is a language tag, such as de or pt-BR')
    .default('en')
    .meta({ description: 'The language of the mails.' }),
});

const entry = {
  id: z.uuid(),
  showtimeId: z.uuid(),
  wish: z.union([
    z.object({ seats: z.array(z.string()) }),
    z.object({ count: z.int(), category: z.string().optional(), zone: z.string().optional(), together: z.boolean() }),
  ]),
  email: z.string(),
  state: z.enum(STATES),
  ahead: z.int().nullable().meta({ description: 'How many wait before it; null: it does not wait any more.' }),
  joinedAt: z.iso.datetime(),
  offer: z
    .object({ holdId: z.uuid(), seats: z.array(z.string()), until: z.iso.datetime() })
    .nullable()
    .meta({ description: 'The hold that it is offered: book it before it ends. null: none, or it is over.' }),
  endedAt: z.iso.datetime().nullable(),
};
export const entrySchema = z.object(entry).meta({ id: 'WaitlistEntry' });
export const staffEntrySchema = z.object({ ...entry, holder: z.string() }).meta({ id: 'StaffWaitlistEntry' });

export const joinedSchema = z.object({
  result: z.enum(['waiting', 'free']).meta({ description: '`free`: nobody has to wait for this, so hold it.' }),
  entry: entrySchema.nullable(),
});

const count = z.int();
export const countsSchema = z.object({
  ...{ waiting: count, offered: count, taken: count, declined: count, lapsed: count, left: count, closed: count },
});

export function countsView(known: ReadonlyMap<string, number>): z.infer<typeof countsSchema> {
  const of = (state: (typeof STATES)[number]) => known.get(state) ?? 0;
  const open = { waiting: of('waiting'), offered: of('offered') };
  return {
    ...open,
    taken: of('taken'),
    declined: of('declined'),
    lapsed: of('lapsed'),
    left: of('left'),
    closed: of('closed'),
  };
}

export function entryView(row: ListedEntry): z.infer<typeof entrySchema> {
  const { id, showtime_id, wish, email, state, ahead, joined_at, hold_id, seats, offer_until, ended_at } = row;
  return {
    id,
    showtimeId: showtime_id,
    wish: 'seats' in wish ? { seats: [...wish.seats] } : wish,
    email,
    state,
    ahead,
    joinedAt: joined_at.toISOString(),
    offer:
      state === 'offered' && offer_until
        ? { holdId: hold_id, seats: [...seats], until: offer_until.toISOString() }
        : null,
    endedAt: ended_at?.toISOString() ?? null,
  };
}

export const REFUSALS = [
  ...(['sales_closed', 'channel_closed', 'too_many_seats', 'unknown_seat', 'duplicate_seat'] as const),
  ...(['unknown_category', 'unknown_zone'] as const),
] as const;

const MESSAGES: Readonly<Record<(typeof REFUSALS)[number], string>> = {
  sales_closed: 'Tickets of this showtime are not on sale, so nobody can wait for any.',
  channel_closed: 'This showtime is not sold here.',
  too_many_seats: 'Nobody may hold so many seats at once.',
  unknown_seat: 'There are no such seats.',
  duplicate_seat: 'A seat is named twice.',
  unknown_category: 'There is no such category.',
  unknown_zone: 'There is no such zone.',
};

/** Why a house does not let somebody wait. */
export function refusedWish(refusal: Refusal): WireError {
  const { code } = refusal;
  if (!Object.hasOwn(MESSAGES, code))
    return wireError('internal', 'Something went wrong on our side; it has been noted.');
  const known = code as (typeof REFUSALS)[number];
  const conflicts = 'conflicts' in refusal ? { conflicts: refusal.conflicts } : {};
  return wireError(known, MESSAGES[known], { field: 'wish', ...conflicts });
}
