import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { text } from '../catalogue/edit-parts.js';
import { type AdmitParts, SCAN_RESULTS, type Scan, type Scanned, takeScan } from './admit.js';

const SCANS_MAX = 200;
const UPLOAD_BYTES_MAX = 256 * 1_024;
const NAME_LENGTH_MAX = 64;

const name = text(NAME_LENGTH_MAX).min(1);
const instant = z.iso
  .datetime({ offset: true, error: 'is an RFC 3339 time, such as 2026-01-31T19:42:10Z' })
  .meta({ override: { type: 'string', format: 'date-time' } });

const asked = {
  scanId: z.uuid().meta({ description: 'New for every scan, the same for every try of it: one scan, one effect.' }),
  code: text(200)
    .min(1)
    .meta({ description: 'What the QR code says. Or the reference that somebody typed: that needs `showtimeId`.' }),
  showtimeId: z.uuid().optional().meta({ description: 'What the gate lets in. Absent: whatever is open.' }),
  gate: name,
};

const scannedSchema = z
  .object({
    scanId: z.uuid(),
    result: z.enum(SCAN_RESULTS).meta({
      description:
        'Let somebody in on `admitted` only. `already_admitted`: `admitted` says when and where. `refused_offline`: the device had refused what would be let in.',
    }),
    isConflict: z.boolean().meta({
      description:
        'The device let somebody in while it was offline who should not have been, or two went in with one ticket.',
    }),
    ticket: z
      .object({
        id: z.uuid(),
        showtimeId: z.uuid(),
        title: z.string(),
        startsAtLocal: z.string(),
        hall: z.string(),
        seat: z.string(),
        category: z.string(),
        ticketType: z.string().optional(),
        owner: z.string().meta({ description: 'To compare with an identity card where the reference was typed.' }),
      })
      .optional(),
    admitted: z.object({ gate: z.string(), at: z.iso.datetime() }).optional(),
  })
  .meta({ id: 'CheckIn' });

/** What gates do with codes. */
export function checkInEndpoints(parts: AdmitParts): readonly Endpoint[] {
  return [
    endpoint({
      id: 'checkIn',
      method: 'POST',
      path: '/v1/check-ins',
      summary: 'Lets in whoever has this ticket, once; says why not otherwise.',
      tag: 'Tickets',
      access: { permission: 'tickets.check_in' },
      rate: 'commands',
      parameters: {},
      body: z.strictObject({ ...asked, device: name.optional().meta({ description: 'The scanner.' }) }),
      reply: scannedSchema,
      errors: [],
      handle: async ({ body, caller }) => {
        const scan: Scan = {
          ...body,
          showtimeId: body.showtimeId,
          device: body.device ?? '',
          at: undefined,
          offline: undefined,
        };
        return { ok: true, body: scannedOf(await takeScan(parts, scan, caller.holder)) };
      },
    }),
    endpoint({
      id: 'uploadCheckIns',
      method: 'POST',
      path: '/v1/check-ins/uploads',
      summary: 'Takes what a device scanned while it was offline. Of two scans of one ticket the earlier one counts.',
      tag: 'Tickets',
      access: { permission: 'tickets.check_in' },
      rate: 'commands',
      bodyBytesMax: UPLOAD_BYTES_MAX,
      parameters: {},
      body: z.strictObject({
        device: name,
        scans: z
          .array(
            z.strictObject({
              ...asked,
              at: instant.meta({ description: 'When it was scanned. A time that is still to come counts as now.' }),
              admitted: z.boolean().meta({ description: 'Whether the device let somebody in.' }),
            }),
          )
          .min(1)
          .max(SCANS_MAX),
      }),
      reply: z.object({ checkIns: z.array(scannedSchema) }),
      errors: [],
      handle: async ({ body: { device, scans }, caller }) => {
        const checkIns = [];
        // One after the other, each in a transaction of its own: what was taken stays taken when a later one fails, and the
        // whole upload can be sent again.
        for (const { scanId, code, showtimeId, gate, at, admitted } of scans) {
          const scan: Scan = { scanId, code, showtimeId, gate, device, at: Date.parse(at), offline: { admitted } };
          checkIns.push(scannedOf(await takeScan(parts, scan, caller.holder)));
        }
        return { ok: true, body: { checkIns } };
      },
    }),
  ];
}

function scannedOf({ scanId, result, isConflict, ticket }: Scanned): z.infer<typeof scannedSchema> {
  if (!ticket) return { scanId, result, isConflict };
  const { id, showtime, seat, category, ticketType, owner, admission } = ticket;
  return {
    ...{ scanId, result, isConflict },
    ticket: {
      id,
      showtimeId: showtime.id,
      ...{ title: showtime.title, startsAtLocal: showtime.startsAtLocal, hall: showtime.hall },
      ...{ seat, category },
      ...(ticketType === '' ? {} : { ticketType }),
      owner: owner.name,
    },
    ...(admission ? { admitted: { gate: admission.gate, at: new Date(admission.at).toISOString() } } : {}),
  };
}
