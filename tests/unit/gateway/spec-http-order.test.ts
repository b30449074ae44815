/** What a command over HTTP is told that is wrong in more than one way: the earlier thing. */
import { describe, expect, it } from 'vitest';
import { CommandIntake } from '../../../src/gateway/command-intake.js';
import type { HttpRecipient } from '../../../src/gateway/endpoints/http-recipient.js';
import { type SeatEndpointsOptions, seatEndpoints } from '../../../src/gateway/endpoints/seat-endpoints.js';
import type { Authenticate } from '../../../src/http/access.js';
import { Exchange } from '../../../src/http/exchange.js';
import type { RateLimits } from '../../../src/http/rate-limits.js';
import { respond } from '../../../src/http/respond.js';
import { wireError } from '../../../src/protocol/errors.js';
import type { Submission } from '../../../src/runtime/outcome.js';

const SHOWTIME = '0190aaaa-0000-7000-8000-00000000abcd';
const ID = '0b6ff3a5-7e0f-4b8e-9a55-0c0f6d9e4d11';
const BODY_BYTES_MAX = 200;

/** A request that nothing speaks against, but for what is done to it. */
interface Request {
  body: string;
  readonly headers: Record<string, string>;
  role: 'guest' | 'staff';
  readonly off: Set<string>;
  isTooFast: boolean;
  isKnown: boolean;
  submitted?: Submission;
  opened: 'yes' | 'unknown_showtime' | 'overloaded' | 'unavailable';
}
type Break = readonly [told: string, spoil: (request: Request) => void];

/** The code of the answer, with the field where that tells two apart; `house` where the house was asked. */
async function ask(path: string, body: object, breaks: readonly Break[]): Promise<string> {
  const request: Request = {
    body: JSON.stringify(body),
    headers: { authorization: 'Bearer token', 'content-type': 'application/json', 'idempotency-key': ID },
    role: 'staff',
    off: new Set(),
    isTooFast: false,
    isKnown: true,
    opened: 'yes',
  };
  for (const [, spoil] of breaks) spoil(request);
  const submit = (submission: Submission, recipient: HttpRecipient) => {
    request.submitted = submission;
    recipient.reply(0, { ok: false, refusal: { code: 'sales_closed' } });
  };
  const host = { submit, terms: { rules: {} } };
  const isOn = (part: string) => !request.off.has(part);
  const options = {
    hosts: {
      open: async () => (request.opened === 'yes' ? { ok: true, host } : { ok: false, reason: request.opened }),
    },
    intake: new CommandIntake({ uuid: () => ID, reference: () => 'R' }, isOn),
    isOn,
  } as unknown as SeatEndpointsOptions;
  const rates = {
    address: () => '10.0.0.1',
    request: async () => undefined,
    command: async () => (request.isTooFast ? wireError('rate_limited', 'Wait.') : undefined),
  } as unknown as RateLimits;
  const authenticate: Authenticate = async (session) =>
    request.isKnown
      ? { ok: true, identity: { holder: 'ann', role: request.role, session, expiresAt: 1 } }
      : { ok: false, error: wireError('unauthorized', 'The token is not valid here.') };
  let answer = '';
  const exchange = exchangeOf(request, (text) => {
    answer = text;
  });
  const endpoint = seatEndpoints(options).find((each) => each.path === `/v1/showtimes/{showtimeId}${path}`);
  await respond(exchange, endpoint!, { rates, authenticate });
  const { code, field } = JSON.parse(answer) as { code: string; field?: string };
  return code === 'sales_closed' ? 'house' : code === 'invalid_field' ? `${code} ${field}` : code;
}

/** The exchange itself, over a request and a response of uWebSockets.js that are read and written here. */
function exchangeOf({ body, headers }: Request, answered: (text: string) => void): Exchange {
  const res = {
    getRemoteAddressAsText: () => new ArrayBuffer(0),
    onAborted: () => {},
    onData: (take: (chunk: ArrayBuffer, isLast: boolean) => void) =>
      queueMicrotask(() => take(new TextEncoder().encode(body).buffer, true)),
    cork: (work: () => void) => work(),
    writeStatus: () => {},
    writeHeader: () => {},
    end: answered,
  };
  const req = {
    getMethod: () => 'post',
    getUrl: () => '/',
    getQuery: () => '',
    getParameter: (n: number) => (n === 0 ? SHOWTIME : ID),
    getHeader: (name: string) => headers[name] ?? '',
    forEach: () => {},
  };
  return new Exchange(res as never, req as never, { parameterCount: 2, common: {}, bodyBytesMax: BODY_BYTES_MAX });
}

const BEFORE: readonly Break[] = [
  ['unavailable', (request) => request.off.add('http_commands')],
  ['unauthorized', (request) => Object.assign(request, { isKnown: false })],
  ['rate_limited', (request) => Object.assign(request, { isTooFast: true })],
  ['frame_too_large', (request) => Object.assign(request, { body: request.body.padEnd(BODY_BYTES_MAX + 1) })],
  ['unsupported_media_type', (request) => Object.assign(request.headers, { 'content-type': 'text/plain' })],
  ['bad_message', (request) => Object.assign(request, { body: `[${request.body}` })],
  ['invalid_field Idempotency-Key', (request) => Object.assign(request.headers, { 'idempotency-key': 'mine' })],
  ['invalid_field colour', (request) => Object.assign(request, { body: request.body.replace('{', '{"colour":1,') })],
];
const opening = (reason: 'unknown_showtime' | 'overloaded' | 'unavailable'): Break => [
  reason,
  (request) => Object.assign(request, { opened: reason }),
];
const FORBIDDEN: Break = ['forbidden', (request) => Object.assign(request, { role: 'guest' })];
const SEARCH_OFF: Break = ['unavailable', (request) => request.off.add('best_available')];
const COMMANDS: readonly (readonly [path: string, body: object, own: Break])[] = [
  ['/blocks', { seats: ['A-1'] }, FORBIDDEN],
  ['/best-available', { count: 1 }, SEARCH_OFF],
];

const pairs = COMMANDS.flatMap(([path, body, own]) =>
  // Only one thing can stand in the way of a showtime, so that each has a list of its own.
  (['unknown_showtime', 'overloaded', 'unavailable'] as const).flatMap((reason, list) => {
    const way = opening(reason);
    // The role is looked at as soon as it is known who asks; the part just before the house.
    const breaks = own === FORBIDDEN ? [...BEFORE.slice(0, 2), own, ...BEFORE.slice(2), way] : [...BEFORE, way, own];
    return breaks.flatMap((first, i) =>
      breaks.slice(i + 1).flatMap((second) => {
        const isNew = list === 0 || first === way || second === way;
        return isNew ? [{ path, body, first, second, winner: first[0], loser: second[0] }] : [];
      }),
    );
  }),
);

describe('a command over HTTP', () => {
  it.each(COMMANDS)('[HTTP-ORDER] %s reaches the house where nothing speaks against it', async (path, body, own) => {
    expect(await ask(path, body, [])).toBe('house');
    expect(await ask(path, body, [own])).toBe(own[0]);
  });

  it.each(pairs)('[HTTP-ORDER] $path: $winner before $loser', async ({ path, body, first, second }) => {
    expect(await ask(path, body, [second])).toBe(second[0]);
    expect(await ask(path, body, [second, first])).toBe(first[0]);
  });

  it('[HTTP-2] is about what its path names, which its body does not say again', async () => {
    let request: Request | undefined;
    const look: Break = [
      '',
      (made) => {
        request = made;
      },
    ];
    expect(await ask('/holds/{holdId}/extend', { holdId: SHOWTIME }, [])).toBe('invalid_field holdId');
    expect(await ask('/holds/{holdId}/extend', {}, [look])).toBe('house');
    expect(request?.submitted?.command).toEqual({ type: 'extend', holder: 'ann', holdId: ID });
  });
});
