import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { refuse } from '../catalogue/edit-parts.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import type { Reads } from '../catalogue/reads.js';
import type { Joined, WaitlistDesk } from './waitlist-desk.js';
import { countEntries, emailOfAccount, entriesOf, entriesOfShowtime } from './waitlist-lists.js';
import {
  countsSchema,
  countsView,
  entrySchema,
  entryView,
  joinedSchema,
  newEntry,
  REFUSALS,
  refusedWish,
  staffEntrySchema,
} from './waitlist-schemas.js';
import type { WaitlistStore } from './waitlist-store-port.js';

const OWN_MAX = 100;
const PER_PAGE = 100;
const RETRY_AFTER_MS = 1_000;

export interface WaitlistParts {
  readonly desk: Pick<WaitlistDesk, 'join' | 'leave'>;
  readonly store: Pick<WaitlistStore, 'find'>;
  readonly db: Reads;
  readonly uuid: () => string;
}

const showtimeId = z.uuid().toLowerCase();

/** Waiting for seats of a showtime that others have. */
export function waitlistEndpoints(parts: WaitlistParts): readonly Endpoint[] {
  return [joinEndpoint(parts), ownEndpoint(parts), leaveEndpoint(parts), showtimeEndpoint(parts)];
}

function joinEndpoint({ desk, db, uuid }: WaitlistParts): Endpoint {
  return endpoint({
    id: 'joinWaitlist',
    method: 'POST',
    path: '/v1/showtimes/{showtimeId}/waitlist',
    summary: 'Waits for seats that others have: the first in the line whom freed seats suit is offered them.',
    tag: 'Waitlist',
    access: 'session',
    rate: 'commands',
    parameters: { showtimeId },
    body: newEntry,
    reply: joinedSchema,
    errors: ['unknown_showtime', 'already_exists', 'overloaded', 'unavailable', ...REFUSALS],
    handle: async ({ parameters, body, caller }) => {
      const { accountId, holder } = caller;
      const email = body.email ?? (accountId === undefined ? undefined : await emailOfAccount(db, accountId));
      if (email === undefined) return refuse('invalid_field', 'A guest needs an address for the offers.', 'email');
      const wish = 'seats' in body.wish ? body.wish : kindOf(body.wish);
      const { locale } = body;
      const ids = { id: uuid(), holdId: uuid(), showtimeId: parameters.showtimeId };
      const joined = await desk.join({ ...ids, holder, accountId, email, locale, wish });
      if (!joined.ok) return notJoined(joined);
      const row = (await entriesOf(db, caller, OWN_MAX)).find(({ id }) => id === joined.entry.id);
      return { ok: true, body: { result: 'waiting' as const, entry: row ? entryView(row) : null } };
    },
  });
}

function kindOf({ count, category, zone, together = true }: Kind) {
  return { count, ...(category === undefined ? {} : { category }), ...(zone === undefined ? {} : { zone }), together };
}

type Kind = Extract<z.infer<typeof newEntry>['wish'], { readonly count: number }>;

function notJoined(joined: Extract<Joined, { ok: false }>) {
  switch (joined.why) {
    case 'free':
      return { ok: true, body: { result: 'free' as const, entry: null } } as const;
    case 'unknown_showtime':
      return refuse('unknown_showtime', 'There is no such showtime.');
    case 'too_many_of_person':
      return refuse('already_exists', 'You wait for as much of this showtime as one may.');
    case 'too_many': {
      const message = 'As many wait for this showtime as may.';
      return { ok: false, error: wireError('overloaded', message, { retryAfterMs: 60_000 }) } as const;
    }
    case 'refused':
      return { ok: false, error: refusedWish(joined.refusal) } as const;
    case 'failed':
      return unavailable();
  }
}

function unavailable() {
  const message = 'The showtime cannot be asked at the moment; nothing was changed.';
  return { ok: false, error: wireError('unavailable', message, { retryAfterMs: RETRY_AFTER_MS }) } as const;
}

function ownEndpoint({ db }: WaitlistParts): Endpoint {
  return endpoint({
    id: 'listOwnWaitlist',
    method: 'GET',
    path: '/v1/me/waitlist',
    summary: `What the caller waits for, and what became of it; the newest first, at most ${OWN_MAX}.`,
    tag: 'Waitlist',
    access: 'session',
    rate: 'reads',
    parameters: {},
    reply: z.object({ entries: z.array(entrySchema) }),
    errors: [],
    handle: async ({ caller }) => ({
      ok: true,
      body: { entries: (await entriesOf(db, caller, OWN_MAX)).map(entryView) },
    }),
  });
}

function leaveEndpoint({ desk, store }: WaitlistParts): Endpoint {
  return endpoint({
    id: 'leaveWaitlist',
    method: 'DELETE',
    path: '/v1/me/waitlist/{entryId}',
    summary: 'Leaves the waitlist, or declines what was offered: the next in the line gets it.',
    tag: 'Waitlist',
    access: 'session',
    rate: 'commands',
    parameters: { entryId: z.uuid().toLowerCase() },
    status: 204,
    reply: z.undefined(),
    errors: ['not_found', 'in_use', 'unavailable'],
    handle: async ({ parameters, caller }) => {
      const entry = await store.find(parameters.entryId);
      const { accountId } = caller;
      const isOwn = entry?.holder === caller.holder || (accountId !== undefined && entry?.accountId === accountId);
      if (!entry || !isOwn) return refuse('not_found', 'You have no such entry.');
      const left = await desk.leave(entry);
      if (left === 'unavailable') return unavailable();
      if (left === 'in_order') return refuse('in_use', 'The offer is in an order: cancel that.');
      // What has ended already is as it was asked to be.
      return { ok: true, body: undefined };
    },
  });
}

function showtimeEndpoint({ db }: WaitlistParts): Endpoint {
  return endpoint({
    id: 'listWaitlist',
    method: 'GET',
    path: '/v1/showtimes/{showtimeId}/waitlist',
    summary: `Who waits or waited for seats, in the order of the line, at most ${PER_PAGE} a page; and how many in all.`,
    tag: 'Staff',
    access: { permission: 'seats.staff' },
    rate: 'reads',
    parameters: { showtimeId },
    query: { cursor: pageCursor(z.int().min(0)).optional() },
    reply: z.object({
      counts: countsSchema,
      entries: z.array(staffEntrySchema),
      next: z.string().optional(),
    }),
    errors: ['unknown_showtime'],
    handle: async ({ parameters, query }) => {
      const known = await countEntries(db, parameters.showtimeId);
      if (!known) return refuse('unknown_showtime', 'There is no such showtime.');
      const rows = await entriesOfShowtime(db, parameters.showtimeId, query.cursor ?? 0, PER_PAGE);
      const viewOf = (row: (typeof rows)[number]) => ({ ...entryView(row), holder: row.holder });
      const { items, next } = pageOf(rows, PER_PAGE, ({ place }) => place, viewOf);
      return { ok: true, body: { counts: countsView(known), entries: items, ...(next === undefined ? {} : { next }) } };
    },
  });
}
