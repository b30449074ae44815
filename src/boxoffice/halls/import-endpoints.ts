import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Answer, type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Upload } from '../../http/request-body.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { Edited } from '../catalogue/edit-parts.js';
import { seatMapDocument } from '../catalogue/seat-maps.js';
import { editOnce, type Repeatable, sha256Of } from '../repeated-requests.js';
import { type HallParts, hallId, hallView } from './hall-parts.js';
import { importedSchema } from './hall-schemas.js';
import { addHall, addVersion, findHall, type HallRow } from './hall-store.js';
import { PLAN_MEDIA_TYPES, type PlanMediaType } from './import-hall.js';
import type { ImportOptions } from './import-options.js';
import { importQuery, optionsOf } from './import-query.js';
import type { ImportReport } from './import-report.js';
import type { PlanWorked, ReadyMap } from './plan-work.js';
import { WorkshopFailure } from './plan-workshop.js';

const BYTES_MAX = 50 * 1024 * 1024;
const NAME_LENGTH_MAX = 80;
const RETRY_AFTER_MS = 3_000;

const dryRun = z
  .enum(['true', 'false'])
  .optional()
  .transform((value) => value === 'true')
  .meta({
    override: { type: 'string', enum: ['true', 'false'] },
    description: 'Answers with a report and a picture, and changes nothing.',
  });
const name = z.string().trim().max(NAME_LENGTH_MAX).optional();
const newId = z
  .string()
  .regex(/^[a-z0-9-]{1,80}$/, 'must be of small letters, digits and hyphens')
  .optional()
  .meta({ description: 'Of the hall; else made of the venue and the name.' });

const common = {
  method: 'POST',
  tag: 'Halls',
  access: { permission: 'halls.edit' },
  rate: 'commands',
  accepts: PLAN_MEDIA_TYPES,
  idempotent: 'optional',
  bodyBytesMax: BYTES_MAX,
  reply: importedSchema,
} as const;

/** Imports: a file as the body, what it does not say in the query. */
export function importEndpoints(parts: HallParts): readonly Endpoint[] {
  return [
    endpoint({
      ...common,
      id: 'importHall',
      path: '/v1/venues/{venueId}/halls',
      summary: 'A new hall from a file: a pretix plan, CSV, rows as text, a seats.io chart, an SVG drawing or a grid.',
      parameters: { venueId: hallId },
      query: { ...importQuery, dryRun, name, id: newId },
      errors: ['unknown_venue', 'already_exists', 'invalid_plan', 'overloaded'],
      handle: async ({ parameters: { venueId }, query, body, caller, commandId: key }) => {
        if (!query.name && !query.dryRun) return refuse('invalid_field', 'A hall needs a name.', 'name');
        const worked = await work(parts, body, optionsOf(query, query.name), undefined, query.dryRun);
        if (!worked.ok) return worked;
        const { report, map, picture } = worked.value;
        if (query.dryRun) return told({ dryRun: true, report, ...(picture ? { picture } : {}) });
        if (map === undefined) return refuseReport(report);
        const hall = { id: query.id ?? slugOf(`${venueId}-${query.name}`), name: query.name ?? '', venueId };
        const asked = { importHall: venueId, query, plan: key === '' ? '' : sha256Of(body.bytes) };
        return await create(parts, hall, map, report, { caller, key, asked });
      },
    }),
    endpoint({
      ...common,
      id: 'importSeatMap',
      path: '/v1/halls/{hallId}/seat-maps',
      summary: 'A new version of the seat map of a hall. Showtimes keep theirs until they are given the new one.',
      parameters: { hallId },
      query: { ...importQuery, dryRun, name },
      errors: ['unknown_hall', 'invalid_plan', 'overloaded'],
      handle: async ({ parameters: { hallId: id }, query, body, caller, commandId: key }) => {
        const hall = await findHall(parts.pool, id);
        if (!hall) return unknownHall();
        const before = await seatMapDocument(parts.pool, hall.seatMap.hash);
        const worked = await work(parts, body, optionsOf(query, query.name ?? hall.name), before, query.dryRun);
        if (!worked.ok) return worked;
        const { report, map, picture } = worked.value;
        if (query.dryRun) return told({ dryRun: true, report, ...(picture ? { picture } : {}) });
        const asked = { importSeatMap: id, query, plan: key === '' ? '' : sha256Of(body.bytes) };
        return map ? await renew(parts, hall, map, report, { caller, key, asked }) : refuseReport(report);
      },
    }),
  ];
}

export function unknownHall(): { readonly ok: false; readonly error: WireError } {
  return refuse('unknown_hall', 'There is no such hall.');
}

interface Created {
  readonly report: ImportReport;
  readonly hall: ReturnType<typeof hallView>;
}

async function create(
  { pool, audit, changed }: HallParts,
  hall: { readonly id: string; readonly name: string; readonly venueId: string },
  map: ReadyMap,
  report: ImportReport,
  request: Repeatable,
): Promise<Imported> {
  const done = await editOnce<Created>(pool, request, async (client) => {
    const result = await addHall(client, hall, map);
    if (result === 'no venue') return refuse('unknown_venue', 'There is no such venue.');
    if (result === 'exists') return refuse('already_exists', `There is a hall "${hall.id}" already.`, 'id');
    const entry = { caller: request.caller, action: 'hall.create', subject: `hall:${hall.id}` };
    await audit.write(client, { ...entry, after: { ...hall, seatMap: map.hash } });
    return await created(client, hall.id, report);
  });
  if (!done.ok) return done;
  await changed();
  return told({ dryRun: false, ...done.value });
}

async function renew(
  { pool, audit, changed }: HallParts,
  before: HallRow,
  map: ReadyMap,
  report: ImportReport,
  request: Repeatable,
): Promise<Imported> {
  const done = await editOnce<Created>(pool, request, async (client) => {
    if (!(await addVersion(client, before.id, map))) return unknownHall();
    const entry = { caller: request.caller, action: 'hall.rebuild', subject: `hall:${before.id}` };
    await audit.write(client, { ...entry, before: { seatMap: before.seatMap.hash }, after: { seatMap: map.hash } });
    return await created(client, before.id, report);
  });
  if (!done.ok) return done;
  await changed();
  return told({ dryRun: false, ...done.value });
}

async function created(client: PoolClient, id: string, report: ImportReport): Promise<Edited<Created>> {
  const hall = await findHall(client, id);
  return hall ? { ok: true, value: { report, hall: hallView(hall) } } : unknownHall();
}

type Imported = Answer<z.input<typeof importedSchema>>;

function told(body: {
  readonly dryRun: boolean;
  readonly report: ImportReport;
  readonly picture?: string;
  readonly hall?: ReturnType<typeof hallView>;
}): Imported {
  return { ok: true, body: body as z.input<typeof importedSchema> };
}

/** Reads the plan in the workshop. Where that cannot be done the answer is an error; what is wrong with the file is a report. */
async function work(
  { workshop }: HallParts,
  { mediaType, bytes }: Upload,
  options: ImportOptions,
  before: string | undefined,
  wantsPicture: boolean,
): Promise<{ readonly ok: true; readonly value: PlanWorked } | { readonly ok: false; readonly error: WireError }> {
  try {
    const given = { mediaType: mediaType as PlanMediaType, bytes, options, before, wantsPicture };
    return { ok: true, value: await workshop.plan(given) };
  } catch (error) {
    if (!(error instanceof WorkshopFailure)) throw error;
    if (error.reason === 'busy') {
      const message = 'This server is reading other plans. Send yours again.';
      return { ok: false, error: wireError('overloaded', message, { retryAfterMs: RETRY_AFTER_MS }) };
    }
    return refuse('invalid_plan', 'The plan takes too long or too much memory to read. Is it the plan of one hall?');
  }
}

/** The problems of a file, as the error that they are: nothing was changed. */
function refuseReport({ problems, questions }: ImportReport): { readonly ok: false; readonly error: WireError } {
  const [first] = problems;
  const example = first?.examples[0];
  const where = example?.at ? `${example.at}: ` : '';
  const more = problems.reduce((sum, { count }) => sum + count, 0) - 1;
  const rest = more > 0 ? ` There are ${more} more problems; "faults" has them by kind.` : '';
  const asked = questions.filter(({ guess }) => guess === undefined).map(({ question }) => ` ${question}`);
  const fault = `${where}${example?.message ?? 'the file has no hall'}`;
  const message = `${fault.charAt(0).toUpperCase()}${fault.slice(1)}.${rest}${asked.join('')}`;
  return { ok: false, error: wireError('invalid_plan', message, { faults: problems }) };
}

function refuse(
  code: 'invalid_field' | 'unknown_venue' | 'already_exists' | 'unknown_hall' | 'invalid_plan',
  message: string,
  field?: string,
): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError(code, message, field === undefined ? {} : { field }) };
}

/** Letters without accents, digits and hyphens. */
export function slugOf(text: string): string {
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    .replace(/-+$/, '');
  return slug === '' ? 'hall' : slug;
}
