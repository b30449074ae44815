import type { Pool } from 'pg';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { ListQuery } from '../catalogue/list-query.js';
import { pageCursor, pageOf } from '../catalogue/page.js';

const ENTRIES_PER_PAGE = 100;

const entrySchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    holder: z.string().meta({ description: 'Who did it.' }),
    role: z.string().meta({ description: 'The role by which they did it.' }),
    accountId: z.uuid().nullable(),
    sessionId: z.uuid().nullable(),
    address: z.string().nullable().meta({ description: 'Where the request came from.' }),
    action: z.string().meta({ example: 'movie.change' }),
    subject: z.string().meta({ description: 'Kind and id of what it was done to.', example: 'movie:dune' }),
    before: z.unknown().meta({ description: 'null: there was none.' }),
    after: z.unknown().meta({ description: 'null: there is none.' }),
  })
  .meta({ id: 'AuditEntry' });

interface Row extends Omit<z.infer<typeof entrySchema>, 'at'> {
  readonly at: Date;
}

const ENTRY = `SELECT id::text, at, holder, role, account_id AS "accountId", session_id AS "sessionId", address, action, subject,
       before, after FROM boxoffice.audit_log a`;

const name = z.string().min(1).max(300);
const instant = z.iso
  .datetime({ offset: true, error: 'is an RFC 3339 time, such as 2026-01-31T20:00:00Z' })
  .meta({ override: { type: 'string', format: 'date-time' } });

/** The record of privileged acts, for those who may read it. */
export function auditEndpoint(pool: Pick<Pool, 'query'>): Endpoint {
  return endpoint({
    id: 'listAuditLog',
    method: 'GET',
    path: '/v1/audit-log',
    summary: `Privileged acts, the latest first, ${ENTRIES_PER_PAGE} a page.`,
    tag: 'Administration',
    access: { permission: 'audit.read' },
    rate: 'reads',
    parameters: {},
    query: {
      subject: name.optional().meta({ description: 'Only what was done to this.', example: 'movie:dune' }),
      action: name.optional().meta({ description: 'Only acts of this name.', example: 'movie.change' }),
      account: z.uuid().optional().meta({ description: 'Only what this account did.' }),
      from: instant.optional().meta({ description: 'Only what was done then or later.' }),
      to: instant.optional().meta({ description: 'Only what was done before then.' }),
      cursor: pageCursor(z.string().regex(/^\d{1,18}$/)).optional(),
    },
    reply: z.object({ entries: z.array(entrySchema), next: z.string().optional() }),
    errors: [],
    handle: async ({ query: { subject, action, account, from, to, cursor } }) => {
      // Not as a text, in which Postgres reads no year 0.
      const [since, until] = [from, to].map((text) => (text === undefined ? undefined : new Date(text)));
      // By the number, and not by the text that is shown of it.
      const { text, values } = new ListQuery(ENTRY)
        .whereGiven('subject = ?', subject)
        .whereGiven('action = ?', action)
        .whereGiven('account_id = ?', account)
        .whereGiven('at >= ?', since)
        .whereGiven('at < ?', until)
        .whereGiven('a.id < ?', cursor)
        .page(['a.id DESC'], ENTRIES_PER_PAGE);
      const { rows } = await pool.query<Row>(text, values);
      const shown = (row: Row) => ({ ...row, at: row.at.toISOString() });
      const { items: entries, next } = pageOf(rows, ENTRIES_PER_PAGE, ({ id }) => id, shown);
      return { ok: true, body: { entries, ...(next === undefined ? {} : { next }) } };
    },
  });
}
