import { z } from 'zod';
import { type Answer, type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { csvOf } from './csv.js';
import { forecast } from './forecast.js';
import { occupancy } from './occupancy.js';
import type { Column, QueryOf, QueryShape, Report, Row } from './report.js';
import { refunds, revenue, takings, topShowtimes, trend } from './revenue-reports.js';
import { isTimeout, type Seen, type SnapshotReads } from './snapshot-reads.js';

const RETRY_AFTER_MS = 1_000;

export interface ReportParts {
  readonly reads: SnapshotReads;
  readonly isAway: (error: unknown) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** Each report at two addresses: as JSON, and with `.csv` at the end. */
export function reportEndpoints(parts: ReportParts): readonly Endpoint[] {
  return [
    ...endpointsOf(revenue, parts),
    ...endpointsOf(takings, parts),
    ...endpointsOf(refunds, parts),
    ...endpointsOf(trend, parts),
    ...endpointsOf(topShowtimes, parts),
    ...endpointsOf(occupancy, parts),
    ...endpointsOf(forecast, parts),
  ];
}

type Read =
  | { readonly ok: true; readonly rows: readonly Row[]; readonly seen: Seen }
  | { readonly ok: false; readonly error: WireError };

function endpointsOf<Shape extends QueryShape>(report: Report<Shape>, parts: ReportParts): readonly Endpoint[] {
  const id = report.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const name = `${id[0]?.toUpperCase()}${id.slice(1)}`;
  const shared = {
    method: 'GET',
    tag: 'Reports',
    access: { permission: 'reports.read' },
    rate: 'reads',
    parameters: {},
    query: report.query as QueryShape,
    errors: ['unavailable', ...(report.errors ?? [])],
  } as const;
  const read = (query: unknown) => rowsOf(report, query as QueryOf<Shape>, parts);
  return [
    endpoint({
      ...shared,
      id: `report${name}`,
      path: `/v1/reports/${report.name}`,
      summary: report.summary,
      reply: replySchema(name, report.columns),
      handle: async ({ query }): Promise<Answer<z.infer<ReturnType<typeof replySchema>>>> => {
        const found = await read(query);
        if (!found.ok) return found;
        const { source, asOf } = found.seen;
        return { ok: true, body: { source, asOf: asOf.toISOString(), rows: [...found.rows] } };
      },
    }),
    endpoint({
      ...shared,
      id: `report${name}Csv`,
      path: `/v1/reports/${report.name}.csv`,
      summary: `${report.summary} As CSV, with amounts as decimals.`,
      mediaType: 'text/csv',
      reply: z.string(),
      handle: async ({ query }): Promise<Answer<string>> => {
        const found = await read(query);
        if (!found.ok) return found;
        const { source, asOf } = found.seen;
        const headers = {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="${report.fileName(query as QueryOf<Shape>)}.csv"`,
          'cache-control': 'no-store',
          'usher-source': source,
          'usher-as-of': asOf.toISOString(),
        };
        return { ok: true, body: csvOf(report.columns, found.rows), headers };
      },
    }),
  ];
}

async function rowsOf<Shape extends QueryShape>(
  report: Report<Shape>,
  query: QueryOf<Shape>,
  { reads, isAway, now, log }: ReportParts,
): Promise<Read> {
  try {
    const { result, seen } = await reads.read((db) => report.read(db, query, now()));
    return result.ok ? { ...result, seen } : result;
  } catch (error) {
    const tookTooLong = isTimeout(error);
    if (!tookTooLong && !isAway(error)) throw error;
    const event = tookTooLong ? 'reports.too_slow' : 'reports.postgres_away';
    log.warn(
      { event, err: error, report: report.name },
      'A report could not be read. The client was told to try again.',
    );
    const message = tookTooLong
      ? 'The report takes longer than it may: ask for fewer days, or again when there is less to do.'
      : 'Reports cannot be read at the moment.';
    return { ok: false, error: wireError('unavailable', message, { retryAfterMs: RETRY_AFTER_MS }) };
  }
}

function replySchema(name: string, columns: readonly Column[]) {
  const row = z
    .object(Object.fromEntries(columns.map((column) => [column.name, cellSchema(column)])))
    .meta({ id: `${name}Row` });
  return z.object({
    source: z.enum(['primary', 'replica']).meta({ description: 'Which server of Postgres was read.' }),
    asOf: z.iso.datetime().meta({ description: 'What was changed later is not in it.' }),
    rows: z.array(row),
  });
}

const KINDS = {
  text: z.string(),
  number: z.number(),
  flag: z.boolean(),
  money: z.int(),
} as const;

function cellSchema({ kind, about, optional }: Column): z.ZodType<string | number | boolean | null> {
  const schema = optional ? KINDS[kind].nullable() : KINDS[kind];
  const description = [about, kind === 'money' ? 'In minor units of the currency.' : undefined]
    .filter(Boolean)
    .join(' ');
  return description === '' ? schema : schema.meta({ description });
}
