import type { Pool } from 'pg';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { refuseStale, versionTag } from '../../http/if-match.js';
import type { Audit } from '../audit/audit.js';
import { edit, refuse, text } from '../catalogue/edit-parts.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import { editOnce } from '../repeated-requests.js';
import type { Voucher } from './judge-voucher.js';
import {
  findVoucher,
  insertVoucher,
  type ListedVoucher,
  listVouchers,
  lockVoucher,
  newCode,
  plainCode,
  updateVoucher,
} from './voucher-store.js';

const VOUCHERS_PER_PAGE = 100;
const SCOPE_MAX = 200;
const CHANNELS = ['web', 'walk_in', 'pos', 'partner'] as const;

export interface VoucherParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly uuid: () => string;
}

const minorUnits = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const uses = z.int().min(1).max(1_000_000);
const moment = z.iso
  .datetime({ offset: true, error: 'is an RFC 3339 time, such as 2026-01-31T20:00:00Z' })
  .meta({ override: { type: 'string', format: 'date-time' } });

/** What can be changed later. */
const terms = {
  description: text(300),
  channels: z.array(z.enum(CHANNELS)).max(CHANNELS.length).meta({ description: 'Empty: all.' }),
  showtimes: z.array(z.uuid()).max(SCOPE_MAX).meta({ description: 'With `movies`: what it lowers. Both empty: all.' }),
  movies: z.array(z.string().max(80)).max(SCOPE_MAX),
  validFrom: moment.nullable(),
  validUntil: moment.nullable().meta({ description: 'From then on it does not count.' }),
  minimum: minorUnits.meta({
    description: 'What an order costs without discounts at least, in minor units of `currency`.',
  }),
  usesMax: uses.nullable().meta({ description: 'Orders that it lowers in all; null: any number.' }),
  usesPerHolder: uses.nullable().meta({ description: 'Of one account, or of one guest session.' }),
  enabled: z.boolean(),
};
const worth = {
  amount: minorUnits.min(1).nullable().meta({ description: 'In minor units of `currency`; else `percent` is given.' }),
  percent: z.int().min(1).max(10_000).nullable().meta({ description: 'In hundredths of a percent: 1250 is 12.5 %.' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is a code of ISO 4217, such as EUR')
    .nullable()
    .meta({ description: 'Needed with `amount` and `minimum`. null: it counts in each.' }),
};
const voucherView = z
  .object({
    id: z.uuid(),
    code: z.string(),
    ...worth,
    ...terms,
    validFrom: z.iso.datetime().nullable(),
    validUntil: z.iso.datetime().nullable(),
    channels: z.array(z.string()),
    uses: z.int().meta({ description: 'Orders that it lowers now.' }),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Voucher' });

const newVoucher = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Za-z0-9 -]{4,60}$/, 'has 4 to 40 of A-Z and 0-9')
    .refine((code) => /^[A-Z0-9]{4,40}$/.test(plainCode(code)), 'has 4 to 40 of A-Z and 0-9')
    .optional()
    .meta({ description: 'Absent: one of twelve letters is made up, which nobody guesses.' }),
  amount: worth.amount.default(null),
  percent: worth.percent.default(null),
  currency: worth.currency.default(null),
  description: terms.description.default(''),
  channels: terms.channels.default([]),
  showtimes: terms.showtimes.default([]),
  movies: terms.movies.default([]),
  validFrom: terms.validFrom.default(null),
  validUntil: terms.validUntil.default(null),
  minimum: terms.minimum.default(0),
  usesMax: terms.usesMax.default(null),
  usesPerHolder: terms.usesPerHolder.default(null),
  enabled: terms.enabled.default(true),
});

/** The endpoints that manage vouchers. They are never deleted: their uses are a part of the accounts. */
export function voucherEndpoints(parts: VoucherParts): readonly Endpoint[] {
  const { pool } = parts;
  const managing = { tag: 'Administration', access: { permission: 'vouchers.manage' } } as const;
  const one = { ...managing, path: '/v1/vouchers/{voucherId}', parameters: { voucherId: z.uuid() } } as const;
  return [
    addEndpoint(parts),
    endpoint({
      ...managing,
      id: 'listVouchers',
      method: 'GET',
      path: '/v1/vouchers',
      summary: `Vouchers, the newest first, at most ${VOUCHERS_PER_PAGE} a page.`,
      rate: 'reads',
      parameters: {},
      query: { code: z.string().max(60).optional(), cursor: pageCursor(z.uuid()).optional() },
      reply: z.object({ vouchers: z.array(voucherView), next: z.string().optional() }),
      errors: [],
      handle: async ({ query: { code, cursor: before } }) => {
        const wanted = code === undefined ? undefined : plainCode(code);
        const rows = await listVouchers(pool, { code: wanted, before, limit: VOUCHERS_PER_PAGE + 1 });
        const { items: vouchers, next } = pageOf(rows, VOUCHERS_PER_PAGE, ({ id }) => id, viewOf);
        return { ok: true, body: { vouchers, ...(next === undefined ? {} : { next }) } };
      },
    }),
    endpoint({
      ...one,
      id: 'getVoucher',
      method: 'GET',
      summary: 'One voucher, with how often it is used.',
      rate: 'reads',
      reply: voucherView,
      errors: ['not_found'],
      handle: async ({ parameters: { voucherId } }) => answer(await findVoucher(pool, voucherId)),
    }),
    changeEndpoint(parts),
  ];
}

function addEndpoint({ pool, audit, uuid }: VoucherParts): Endpoint {
  return endpoint({
    tag: 'Administration',
    access: { permission: 'vouchers.manage' },
    id: 'addVoucher',
    method: 'POST',
    path: '/v1/vouchers',
    summary: 'Makes a voucher over an amount or a percentage.',
    rate: 'commands',
    idempotent: 'optional',
    parameters: {},
    body: newVoucher,
    status: 201,
    reply: voucherView,
    errors: ['already_exists'],
    handle: async ({ body, caller, commandId: key }) => {
      const { code, validFrom, validUntil, ...rest } = body;
      const fault = faultOf(body);
      if (fault) return fault;
      const dates = { validFrom: dateOf(validFrom), validUntil: dateOf(validUntil) };
      const asked = { add: 'voucher', thing: body };
      const done = await editOnce(pool, { caller, key, asked }, async (client) => {
        const voucher: Voucher = {
          id: uuid(),
          code: code === undefined ? newCode() : plainCode(code),
          ...rest,
          ...dates,
        };
        if (!(await insertVoucher(client, voucher, caller.holder))) {
          return refuse('already_exists', 'There is a voucher with this code.', 'code');
        }
        const { id, ...after } = voucher;
        await audit.write(client, { caller, action: 'voucher.add', subject: `voucher:${id}`, after });
        return { ok: true, value: id };
      });
      return done.ok ? answer(await findVoucher(pool, done.value)) : done;
    },
  });
}

function changeEndpoint({ pool, audit }: VoucherParts): Endpoint {
  return endpoint({
    tag: 'Administration',
    access: { permission: 'vouchers.manage' },
    id: 'changeVoucher',
    method: 'PATCH',
    path: '/v1/vouchers/{voucherId}',
    summary: 'Changes what is given of a voucher, but not its code and what it is worth. Orders that have it keep it.',
    rate: 'commands',
    conditional: true,
    parameters: { voucherId: z.uuid() },
    body: z.strictObject(terms).partial(),
    reply: voucherView,
    errors: ['not_found'],
    handle: async ({ parameters: { voucherId }, body, caller, ifMatch }) => {
      const done = await edit<undefined>(pool, async (client) => {
        const before = await lockVoucher(client, voucherId);
        if (!before) return unknownVoucher();
        const stale = refuseStale(ifMatch, versionTag(before.version));
        if (stale) return { ok: false, error: stale };
        const { validFrom, validUntil, ...rest } = body;
        const after = {
          ...before,
          ...given(rest),
          ...(validFrom === undefined ? {} : { validFrom: dateOf(validFrom) }),
          ...(validUntil === undefined ? {} : { validUntil: dateOf(validUntil) }),
        };
        const fault = faultOf(after);
        if (fault) return fault;
        await updateVoucher(client, after);
        const entry = { caller, action: 'voucher.change', subject: `voucher:${voucherId}` };
        await audit.write(client, { ...entry, before, after: body });
        return { ok: true, value: undefined };
      });
      return done.ok ? answer(await findVoucher(pool, voucherId)) : done;
    },
  });
}

type Checked = Pick<Voucher, 'amount' | 'percent' | 'currency' | 'minimum'> & {
  readonly validFrom: Date | string | null;
  readonly validUntil: Date | string | null;
};

/** What no single field says. */
function faultOf({ amount, percent, currency, minimum, validFrom, validUntil }: Checked) {
  if ((amount === null) === (percent === null)) {
    return refuse('invalid_field', 'A voucher has either an amount or a percentage.', 'amount');
  }
  if (currency === null && (amount !== null || minimum > 0)) {
    return refuse('invalid_field', 'An amount and a minimum are in a currency.', 'currency');
  }
  const [from, until] = [dateOf(validFrom), dateOf(validUntil)];
  if (from && until && from >= until) return refuse('invalid_field', 'It ends before it begins.', 'validUntil');
  return undefined;
}

function dateOf(moment: Date | string | null): Date | null {
  return moment === null ? null : new Date(moment);
}

/** Without the members that are undefined. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function unknownVoucher() {
  return refuse('not_found', 'There is no such voucher.');
}

function answer(voucher: ListedVoucher | undefined) {
  if (!voucher) return unknownVoucher();
  return { ok: true, body: viewOf(voucher), etag: versionTag(voucher.version) } as const;
}

function viewOf({ version: _version, validFrom, validUntil, createdAt, ...rest }: ListedVoucher) {
  return {
    ...rest,
    validFrom: validFrom?.toISOString() ?? null,
    validUntil: validUntil?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
