/**
 * Each endpoint of the document: its right request, each way in which a request can be wrong, senders who may not, things
 * that are another's, and the same request twice. An endpoint without a right request in these tables fails.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { ACCOUNT_ROLES, PERMISSIONS, ROLE_PERMISSIONS } from '../../../src/http/access.js';
import { ERRORS } from '../../../src/protocol/errors.js';
import { sign } from '../gateway/sign.js';
import { makeWalletFiles } from '../tickets/wallet-files.js';
import { accountRequests } from './account-requests.js';
import { catalogueRequests } from './catalogue-requests.js';
import { type Answered, Cinema, type Right } from './cinema.js';
import { exchangeRequests } from './exchange-requests.js';
import { orderRequests } from './order-requests.js';
import { outboxRequests } from './outbox-requests.js';
import { paymentRequests } from './payment-requests.js';
import { type Operation, readOperations, wrongFor } from './read-operations.js';
import { reportRequests } from './report-requests.js';
import { returnRequests } from './return-requests.js';
import { scheduleRequests } from './schedule-requests.js';
import { seatRequests } from './seat-requests.js';
import { ticketRequests } from './ticket-requests.js';
import { voucherRequests } from './voucher-requests.js';
import { waitlistRequests } from './waitlist-requests.js';
import { webhookRequests } from './webhook-requests.js';

const RIGHT: Readonly<Record<string, (cinema: Cinema) => Promise<Right>>> = {
  ...accountRequests,
  ...catalogueRequests,
  ...orderRequests,
  ...outboxRequests,
  ...paymentRequests,
  ...reportRequests,
  ...scheduleRequests,
  ...returnRequests,
  ...exchangeRequests,
  ...seatRequests,
  ...ticketRequests,
  ...voucherRequests,
  ...webhookRequests,
  ...waitlistRequests,
};

/** The right request of somebody, sent by a stranger: what it comes to. Of the others nothing belongs to anybody. */
const OF_A_STRANGER: Readonly<Record<string, string>> = {
  extendHold: 'wrong_holder',
  releaseHold: 'wrong_holder',
  bookHold: 'wrong_holder',
  cancelBooking: 'wrong_holder',
  findBooking: 'unknown_booking',
  cancelOwnBooking: 'unknown_booking',
  retypeHold: 'wrong_holder',
  getOrder: 'not_found',
  payOrder: 'not_found',
  cancelOrder: 'not_found',
  quoteReturn: 'not_found',
  returnOrder: 'not_found',
  quoteExchange: 'not_found',
  exchangeOrder: 'not_found',
  quoteOrder: 'unknown_hold',
  createOrder: 'unknown_hold',
  listOrderTickets: 'not_found',
  getTicket: 'not_found',
  leaveWaitlist: 'not_found',
  shareTicket: 'not_found',
  passOnTicket: 'not_found',
};

const wallets = await makeWalletFiles();
const cinema = await Cinema.open(wallets.environment);
const operations = await readOperations(cinema.origin);
afterAll(async () => {
  await cinema.close();
  await wallets.remove();
});

async function right(operation: Operation): Promise<Right> {
  const make = RIGHT[operation.id];
  if (!make) throw new Error(`there is no right request of ${operation.id}`);
  return await make(cinema);
}

function expectProblem({ status, json }: Answered, code: string | RegExp, why?: string): void {
  expect(json, why).toMatchObject({ code: expect.stringMatching(typeof code === 'string' ? `^(${code})$` : code) });
  expect(status).toBe(ERRORS[json['code'] as keyof typeof ERRORS].status);
}

const having = (what: (operation: Operation) => unknown) =>
  operations.filter(what).map((operation) => [operation.id, operation] as const);

const header = (name: string) => (operation: Operation) => operation.parameters.some((one) => one.name === name);

it('is one of these, and no table has a request of none', () => {
  expect(operations.length).toBeGreaterThan(40);
  expect(Object.keys(RIGHT).sort()).toEqual(operations.map(({ id }) => id).sort());
});

it.each(having(() => true))('%s does what it is for, and answers as its schema says', async (_, operation) => {
  const answered = await cinema.call(operation, await right(operation));
  expect(answered.status, JSON.stringify(answered.json)).toBe(operation.status);
});

describe('a body', () => {
  const bodies = having(({ body }) => body?.properties);

  it.each(bodies)(
    'of %s that lacks a field, has one too many or one of another type is refused by its name',
    async (_, operation) => {
      const request = await right(operation);
      const whole = request.body as Record<string, unknown>;
      const { properties = {}, required = [] } = operation.body ?? {};
      for (const field of required) {
        const { [field]: _left, ...body } = whole;
        const { json } = await cinema.call(operation, request, { body });
        expect(json, field).toMatchObject({ code: 'invalid_field', field });
      }
      for (const [field, schema] of Object.entries(properties)) {
        const { status, json } = await cinema.call(operation, request, {
          body: { ...whole, [field]: wrongFor(schema) },
        });
        expect({ status, ...json }, field).toMatchObject({ status: 400, code: 'invalid_field', field });
      }
      const { json } = await cinema.call(operation, request, { body: { ...whole, colour: 'red' } });
      expect(json).toMatchObject({ code: 'invalid_field', field: 'colour' });
    },
  );

  it.each(bodies)('of %s that is no JSON object, or of another media type, is refused', async (_, operation) => {
    const request = await right(operation);
    for (const body of ['{', '[]', '17', 'null', '"text"']) {
      expectProblem(await cinema.call(operation, request, { body }), 'bad_message|invalid_field', body);
    }
    const typed = await cinema.call(operation, request, { type: 'application/xml' });
    expectProblem(typed, 'unsupported_media_type');
  });
});

it.each(having(({ path }) => path.includes('{')))(
  '%s of what does not exist, or has an id that none can be, is refused',
  async (_, operation) => {
    const request = await right(operation);
    for (const [name] of Object.entries(request.path ?? {})) {
      for (const id of [randomUUID(), 'x', 'x'.repeat(500), '\0', "' OR 1=1 --", '../../etc/passwd']) {
        const answered = await cinema.call(operation, { ...request, path: { ...request.path, [name]: id } });
        expectProblem(answered, /^(unknown_\w+|not_found|invalid_field|invalid_reference)$/, `${name} ${id}`);
      }
    }
  },
);

describe('a sender', () => {
  it.each(having(({ access }) => access !== 'public'))(
    'without a session, or with one that is none, is refused by %s',
    async (_, operation) => {
      const request = await right(operation);
      for (const session of [null, 'x', await sign('user:x', { secret: 'another secret, as long as it has to be' })]) {
        expectProblem(await cinema.call(operation, request, { session }), 'unauthorized');
      }
    },
  );

  it.each(having(({ access }) => PERMISSIONS.includes(access as never)))(
    'with a role too low is refused by %s, and nothing happens',
    async (_, operation) => {
      const request = await right(operation);
      const low = ACCOUNT_ROLES.filter((role) => !ROLE_PERMISSIONS[role].includes(operation.access as never));
      expect(low.length).toBeGreaterThan(0);
      for (const role of ['guest', ...low]) {
        const answered = await cinema.call(operation, request, { session: await sign('user:low', { role }) });
        expectProblem(answered, 'forbidden', role);
        expect(answered.json['detail']).toContain(operation.access);
      }
      const enough = await cinema.call(operation, request);
      expect(enough.status).toBe(operation.status);
    },
  );

  it.each(having(({ access }) => access === 'account'))('who has no account is refused by %s', async (_, operation) => {
    const session = await sign(`guest:${randomUUID()}`);
    expectProblem(await cinema.call(operation, await right(operation), { session }), 'forbidden');
  });

  it.each(Object.entries(OF_A_STRANGER))('%s for what is another’s is refused with %s', async (id, code) => {
    const operation = operations.find((one) => one.id === id)!;
    const isOfAccounts = operation.access === 'account';
    const session = isOfAccounts ? (await cinema.person()).session : await sign(`guest:${randomUUID()}`);
    expectProblem(await cinema.call(operation, await right(operation), { session }), code);
  });
});

describe('a command', () => {
  const commands = having(header('Idempotency-Key'));

  it.each(commands)('%s that comes again has its first answer again, and one effect', async (_, operation) => {
    const request = await right(operation);
    const session = request.session ?? (await cinema.sessionFor(operation.access));
    const key = randomUUID();
    const first = await cinema.call(operation, request, { session, key });
    expect(first.status, JSON.stringify(first.json)).toBe(operation.status);
    expect(await cinema.call(operation, request, { session, key })).toEqual(first);
  });

  it.each(commands)('%s with a key that is no UUID is refused', async (_, operation) => {
    const answered = await cinema.call(operation, await right(operation), { key: 'again' });
    expect(answered.json).toMatchObject({ code: 'invalid_field', field: 'Idempotency-Key' });
  });
});

it.each(having(header('If-Match')))('%s without If-Match or with a stale one changes nothing', async (_, operation) => {
  const request = await right(operation);
  const blind = { ...request, ifMatch: undefined };
  expectProblem(await cinema.call(operation, blind, { ifMatch: undefined }), 'precondition_required');
  expectProblem(await cinema.call(operation, request, { ifMatch: '"999"' }), 'stale_version');
  expect((await cinema.call(operation, request)).status).toBe(operation.status);
});
