import type { PoolClient } from 'pg';
import { type Edited, edit } from '../catalogue/edit-parts.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import { judgeCode, standingOf } from './judge-code.js';
import { readCode } from './ticket-code.js';
import type { TicketParts } from './ticket-parts.js';
import { findTicket, type Ticket } from './ticket-store.js';

/** What came of a scan. `refused_offline`: the device refused what we would have let in, and nobody went in. */
export const SCAN_RESULTS = [
  'admitted',
  'already_admitted',
  'wrong_showtime',
  'too_early',
  'too_late',
  'cancelled',
  'refunded',
  'passed_on',
  'forged',
  'not_a_ticket',
  'refused_offline',
] as const;
export type ScanResult = (typeof SCAN_RESULTS)[number];

export interface Scan {
  /** Made by the device before its first try. */
  readonly scanId: string;
  /** What the QR code says, or the reference that somebody typed: that needs a showtime. */
  readonly code: string;
  /** What the gate lets in; undefined: whatever is open. */
  readonly showtimeId: string | undefined;
  readonly gate: string;
  readonly device: string;
  /** Milliseconds since 1970, by the clock of the device; undefined: now. */
  readonly at: number | undefined;
  /** Of a device that was offline: whether it let somebody in. Undefined: it asks, and does what it is told. */
  readonly offline: { readonly admitted: boolean } | undefined;
}

export interface Scanned {
  readonly scanId: string;
  readonly result: ScanResult;
  /** Somebody went in who should not have, or two with one ticket: for staff to settle. */
  readonly isConflict: boolean;
  readonly ticket: Ticket | undefined;
}

export interface AdmitParts extends TicketParts {
  /** So long before a showtime begins people are let in. */
  readonly admissionMs: number;
}

/** People come late, and films run long. */
const LATE_MS = 60 * 60_000;

/**
 * Takes one scan: a scan that comes again gets its first result and has no second effect.
 *
 * Invariants: of one ticket there is one admission. Everything about a ticket happens under the lock of its row, so of two gates at
 * once one admits, and a refund or a pass-on is before or after a scan. An offline scan that let somebody in earlier than the scan
 * that holds the admission takes it over; the other stays recorded as a conflict, since both people are inside.
 */
export async function takeScan(parts: AdmitParts, scan: Scan, holder: string): Promise<Scanned> {
  const taken = await edit<Scanned>(parts.pool, async (client) => ({
    ok: true,
    value: await scanIn(client, parts, scan, holder),
  }));
  return unrefused(taken);
}

async function scanIn(client: PoolClient, parts: AdmitParts, scan: Scan, holder: string): Promise<Scanned> {
  const ticketId = await ticketIdOf(client, scan);
  if (ticketId !== undefined) {
    await client.query('SELECT FROM boxoffice.tickets WHERE id = $1 FOR NO KEY UPDATE', [ticketId]);
  }
  const before = await resultBefore(client, parts, scan.scanId);
  if (before) return before;
  const now = parts.now();
  // A clock that is ahead would let a later scan look like the first.
  const at = Math.min(scan.at ?? now, now);
  const judged = await judge(client, parts, scan, ticketId, at);
  const { ticket } = judged;
  const { result, isFirst } =
    judged.result === 'admitted'
      ? await admit(client, scan, judged.ticket, at)
      : { result: judged.result, isFirst: false };
  const isConflict = scan.offline?.admitted === true && result !== 'admitted';
  await client.query(
    `INSERT INTO boxoffice.check_ins
       (scan_id, showtime_id, ticket_id, result, is_conflict, gate, device, scanned_at, holder)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000), $9)
     ON CONFLICT (scan_id) DO NOTHING`,
    [
      scan.scanId,
      scan.showtimeId ?? ticket?.showtime.id ?? null,
      ticket?.id ?? null,
      result,
      isConflict,
      scan.gate,
      scan.device,
      at,
      holder,
    ],
  );
  const { id } = ticket ?? {};
  if (isFirst && id !== undefined) {
    await writeOutbox(client, [
      { topic: 'ticket.checked_in', subject: `ticket:${id}`, payload: { ticketId: id, gate: scan.gate } },
    ]);
  }
  // Read again: now it says when and where somebody went in.
  const after = id === undefined ? undefined : await findTicket(client, parts.labels, id);
  return { scanId: scan.scanId, result, isConflict, ticket: after };
}

/** The ticket that the code names, whether or not it is genuine. */
async function ticketIdOf(client: PoolClient, { code, showtimeId }: Scan): Promise<string | undefined> {
  const read = readCode(code);
  if (read) return read.ticketId;
  const reference = code.replaceAll(/[\s-]/g, '').toUpperCase();
  if (showtimeId === undefined || !/^[A-Z]{12}$/.test(reference)) return undefined;
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM boxoffice.tickets WHERE showtime_id = $1 AND reference = $2',
    [showtimeId, reference],
  );
  return rows[0]?.id;
}

async function resultBefore(client: PoolClient, parts: AdmitParts, scanId: string): Promise<Scanned | undefined> {
  const { rows } = await client.query<{ result: ScanResult; is_conflict: boolean; ticket_id: string | null }>(
    'SELECT result, is_conflict, ticket_id FROM boxoffice.check_ins WHERE scan_id = $1',
    [scanId],
  );
  const before = rows[0];
  if (!before) return undefined;
  const ticket = before.ticket_id === null ? undefined : await findTicket(client, parts.labels, before.ticket_id);
  return { scanId, result: before.result, isConflict: before.is_conflict, ticket };
}

type Verdict =
  | { readonly result: 'admitted'; readonly ticket: Ticket }
  | { readonly result: Exclude<ScanResult, 'admitted' | 'already_admitted'>; readonly ticket?: Ticket };

/** Whether the ticket may go in at all; who was first with it is not asked yet. */
async function judge(
  client: PoolClient,
  parts: AdmitParts,
  scan: Scan,
  ticketId: string | undefined,
  at: number,
): Promise<Verdict> {
  const judged = readCode(scan.code)
    ? await judgeCode({ ...parts, db: client }, scan.code)
    : await judgeReference(client, parts, ticketId);
  if (!('ticket' in judged)) return judged;
  const { ticket, result } = judged;
  if (scan.showtimeId !== undefined && ticket.showtime.id !== scan.showtimeId)
    return { result: 'wrong_showtime', ticket };
  if (result !== 'valid') return { result, ticket };
  if (scan.offline) return { result: scan.offline.admitted ? 'admitted' : 'refused_offline', ticket };
  if (at < ticket.showtime.startsAt - parts.admissionMs) return { result: 'too_early', ticket };
  if (at > ticket.showtime.endsAt + LATE_MS) return { result: 'too_late', ticket };
  return { result: 'admitted', ticket };
}

async function judgeReference(client: PoolClient, { labels }: AdmitParts, ticketId: string | undefined) {
  const ticket = ticketId === undefined ? undefined : await findTicket(client, labels, ticketId);
  // A reference is replaced when a ticket is passed on, so one that is found is that of the owner.
  return ticket
    ? ({ result: standingOf(ticket, ticket.generation), ticket } as const)
    : ({ result: 'not_a_ticket' } as const);
}

/** To be called under the lock of the ticket. */
async function admit(
  client: PoolClient,
  { scanId, gate, offline }: Scan,
  ticket: Ticket,
  at: number,
): Promise<{ readonly result: 'admitted' | 'already_admitted'; readonly isFirst: boolean }> {
  const held = await client.query<{ scan_id: string; at: number }>(
    'SELECT scan_id, extract(epoch FROM admitted_at)::float8 * 1000 AS at FROM boxoffice.admissions WHERE ticket_id = $1',
    [ticket.id],
  );
  const holding = held.rows[0];
  const values = [ticket.id, ticket.showtime.id, scanId, gate, at];
  if (!holding) {
    await client.query(
      `INSERT INTO boxoffice.admissions (ticket_id, showtime_id, scan_id, gate, admitted_at)
       VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))`,
      values,
    );
    return { result: 'admitted', isFirst: true };
  }
  // Of two at the same millisecond the smaller id, so that the order of uploads decides nothing.
  const isEarlier = at < holding.at || (at === holding.at && scanId < holding.scan_id);
  if (!offline || !isEarlier) return { result: 'already_admitted', isFirst: false };
  await client.query(
    `UPDATE boxoffice.admissions SET scan_id = $2, gate = $3, admitted_at = to_timestamp($4::float8 / 1000)
      WHERE ticket_id = $1`,
    [ticket.id, scanId, gate, at],
  );
  await client.query(
    "UPDATE boxoffice.check_ins SET result = 'already_admitted', is_conflict = true WHERE scan_id = $1",
    [holding.scan_id],
  );
  return { result: 'admitted', isFirst: false };
}

/** An edit that is never refused. */
function unrefused<Value>(edited: Edited<Value>): Value {
  if (!edited.ok) throw new Error(edited.error.message);
  return edited.value;
}
