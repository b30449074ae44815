/** A programme as people edit it over HTTP, and what those who watch are told of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveClient } from './gateway/live-client.js';
import { sign } from './gateway/sign.js';
import { openStage, type Stage } from './gateway/stage.js';

interface Told {
  readonly code?: string;
  readonly field?: string;
  readonly showtimes: readonly { readonly id: string; readonly startsAtLocal: string }[];
}

let stage: Stage;
let manager: string;
beforeAll(async () => {
  // Longer than the test: what is told is told because of the change, and not found by looking.
  stage = await openStage({ TERMS_CHECK_MS: '60000', MESSAGES_PER_SECOND: '500' });
  manager = await sign('user:manager', { role: 'manager' });
});
afterAll(() => stage.close());

async function ask(method: string, path: string, body?: object, ifMatch?: string, session = manager) {
  const answer = await fetch(`http://127.0.0.1:${stage.port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${session}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Told;
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', json, code: json.code, field: json.field };
}

const MOVIE = { id: 'metropolis', title: 'Metropolis', year: 1927, runtimeMinutes: 150, languages: ['de'] };
const VENUE = { id: 'berlin', name: 'Babylon', city: 'Berlin', timeZone: 'Europe/Berlin' };
const PRICES = { Front: 1_200, Back: 900 };
const SHOW = { movieId: 'm', hallId: 'h', currency: 'EUR', prices: PRICES };

/** A showtime with an ordinary type and a second one. */
const typed = (second: object, first: object = {}) => ({
  startsAtLocal: '2031-05-03T14:00',
  ticketTypes: [
    { id: 'adult', name: 'Adult', ...first },
    { id: 'child', name: 'Child', ...second },
  ],
});

describe.each([
  ['movies', MOVIE, { title: 'M2' }, 'unknown_movie'],
  ['venues', VENUE, { name: 'B2' }, 'unknown_venue'],
] as const)('%s', (kind, made, change, unknown) => {
  it('[HTTP-7] are added, read, changed and deleted, and no change of another is lost', async () => {
    const at = `/v1/${kind}/${made.id}`;
    const added = await ask('POST', `/v1/${kind}`, made);
    expect(added).toMatchObject({ status: 201, json: made, etag: '"1"' });
    expect(await ask('POST', `/v1/${kind}`, made)).toMatchObject({ status: 409, code: 'already_exists', field: 'id' });
    expect(await ask('PATCH', at, change)).toMatchObject({ status: 428, code: 'precondition_required' });
    const changed = await ask('PATCH', at, change, '"1"');
    expect(changed).toMatchObject({ status: 200, json: { ...made, ...change }, etag: '"2"' });
    expect(await ask('PATCH', at, change, '"1"')).toMatchObject({ status: 412, code: 'stale_version' });
    expect((await ask('GET', at)).json).toEqual(changed.json);
    const known = await fetch(`http://127.0.0.1:${stage.port}${at}`, { headers: { 'if-none-match': '"2"' } });
    expect(known.status).toBe(304);
    expect(await ask('DELETE', at, undefined, '"1"')).toMatchObject({ status: 412 });
    expect(await ask('DELETE', at, undefined, '"2"')).toMatchObject({ status: 204 });
    expect(await ask('GET', at)).toMatchObject({ status: 404, code: unknown });
    expect(await ask('PATCH', at, change, '*')).toMatchObject({ status: 404, code: unknown });
    const { rows } = await stage.pool.query(
      'SELECT action FROM boxoffice.audit_log WHERE subject LIKE $1 ORDER BY id',
      [`%:${made.id}`],
    );
    const one = kind.slice(0, -1);
    expect(rows.map(({ action }) => action)).toEqual([`${one}.add`, `${one}.change`, `${one}.delete`]);
  });
});

it('what others refer to is not deleted, and who may not edit is refused', async () => {
  expect(await ask('DELETE', '/v1/movies/m', undefined, '*')).toMatchObject({ status: 409, code: 'in_use' });
  expect(await ask('DELETE', '/v1/venues/v', undefined, '*')).toMatchObject({ status: 409, code: 'in_use' });
  const staff = await sign('user:staff', { role: 'staff' });
  expect(await ask('POST', '/v1/movies', MOVIE, undefined, staff)).toMatchObject({ status: 403, code: 'forbidden' });
  expect(await ask('POST', '/v1/venues', { ...VENUE, timeZone: 'CET' })).toMatchObject({ field: 'timeZone' });
});

describe('a series', () => {
  const series = { firstDay: '2031-03-01', lastDay: '2031-03-14', times: ['14:00', '17:00', '20:00'] };

  it('is added whole, and a list has it', async () => {
    const added = await ask('POST', '/v1/showtimes', { ...SHOW, series });
    expect(added.status).toBe(201);
    expect(added.json.showtimes).toHaveLength(42);
    const listed = await ask('GET', '/v1/showtimes?date=2031-03-03');
    expect(listed.json.showtimes.map((one) => one.startsAtLocal.slice(11, 16))).toEqual(['14:00', '17:00', '20:00']);
  });

  it.each([
    ['showtime_overlap', 'startsAt', { startsAtLocal: '2031-03-03T14:20' }],
    ['showtime_overlap', 'startsAt', { startsAtLocal: '2031-03-03T13:50' }],
    ['showtime_past', 'startsAt', { startsAt: '2020-01-01T20:00:00Z' }],
    ['invalid_field', 'startsAt', {}],
    ['invalid_field', 'prices.Front', { startsAtLocal: '2031-05-03T14:00', prices: { Front: -1, Back: 1 } }],
    ['invalid_field', 'currency', { startsAtLocal: '2031-05-03T14:00', currency: 'DEM' }],
    ['unpriced_category', 'prices', { startsAtLocal: '2031-05-03T14:00', prices: { Front: 1 } }],
    ['unknown_category', 'ticketTypes[1].prices', typed({ prices: { Front: 1, Balcony: 1 } })],
    ['invalid_field', 'ticketTypes[1].prices', typed({ prices: {} })],
    ['invalid_field', 'ticketTypes[1].id', typed({ id: 'adult', prices: { Front: 1 } })],
    ['invalid_field', 'ticketTypes[1].maxPerHold', typed({ prices: { Front: 1 }, maxPerHold: 0 })],
    ['invalid_field', 'ticketTypes[0].prices', typed({ prices: { Front: 1 } }, { prices: { Front: 1, Back: 1 } })],
    ['invalid_field', 'prices', { startsAtLocal: '2031-05-03T14:00', prices: undefined }],
    ['unknown_hall', 'hallId', { startsAtLocal: '2031-05-03T14:00', hallId: 'none' }],
    ['unknown_movie', 'movieId', { startsAtLocal: '2031-05-03T14:00', movieId: 'none' }],
    ['invalid_field', 'series.lastDay', { series: { ...series, lastDay: '2031-02-01' } }],
    ['invalid_field', 'series.lastDay', { series: { ...series, lastDay: '2041-02-01' } }],
    // The last of them meets the series above: none is added.
    ['showtime_overlap', 'startsAt', { series: { firstDay: '2031-02-20', lastDay: '2031-03-01', times: ['20:00'] } }],
    // They meet each other: a film of a minute, and twenty for the hall.
    [
      'showtime_overlap',
      'startsAt',
      { series: { firstDay: '2031-06-01', lastDay: '2031-06-02', times: ['20:00', '20:15'] } },
    ],
  ])('is refused with %s of %s, and nothing is written: %j', async (code, field, wrong) => {
    const count = async () => (await stage.pool.query('SELECT count(*)::int AS n FROM boxoffice.showtimes')).rows[0].n;
    const before = await count();
    expect(await ask('POST', '/v1/showtimes', { ...SHOW, ...wrong })).toMatchObject({ code, field });
    expect(await count()).toBe(before);
  });

  it('of eight people who want the hall at once one gets it', async () => {
    const wanted = { ...SHOW, startsAtLocal: '2032-01-01T20:00' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('POST', '/v1/showtimes', wanted)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });
});

describe('a showtime that somebody watches', () => {
  it('is sold by its new price and closed at once, and every socket is told', async () => {
    const { json } = await ask('POST', '/v1/showtimes', { ...SHOW, startsAtLocal: '2033-01-01T20:00' });
    const id = json.showtimes[0]!.id;
    const at = `/v1/showtimes/${id}`;
    const client = await LiveClient.join(stage.liveUrl(id));
    const held = await client.call({ type: 'hold', seats: ['R1-1'] });
    expect(held).toMatchObject({ hold: { price: { amount: 1_200 } } });
    const raised = await ask('PATCH', at, { prices: { Front: 1_500, Back: 900 } }, '"1"');
    expect(raised).toMatchObject({ status: 200, json: { prices: { Front: 1_500 } }, etag: '"2"' });
    expect(await client.call({ type: 'hold', seats: ['R1-5'] })).toMatchObject({ hold: { price: { amount: 1_500 } } });
    expect(await ask('PATCH', at, { salesOpen: false }, '"1"')).toMatchObject({ code: 'stale_version' });
    expect((await ask('PATCH', at, { salesOpen: false }, raised.etag)).status).toBe(200);
    expect(await client.call({ type: 'hold', seats: ['R1-9'] })).toMatchObject({ error: { code: 'sales_closed' } });
    expect((await ask('PATCH', at, { salesOpen: true }, '*')).status).toBe(200);
    expect(await ask('DELETE', at, undefined, '*')).toMatchObject({ code: 'in_use' });
    const cancelled = await ask('POST', `${at}/cancel`, { reason: 'no heating' }, '*');
    expect(cancelled).toMatchObject({ status: 200, json: { cancelReason: 'no heating' } });
    // [TERMS-5] Both holds have ended, and their holder is told why.
    const told = (type: string) => client.messages.filter((message) => message.type === type);
    const cause = 'showtime_cancelled';
    await expect
      .poll(() => told('hold_taken_away'))
      .toMatchObject([
        { seats: ['R1-1'], cause },
        { seats: ['R1-5'], cause },
      ]);
    await expect.poll(() => told('own').at(-1)).toMatchObject({ holds: [] });
    expect(told('terms').at(-1)).toMatchObject({ terms: { salesOpen: false, cancelled: true } });
    const { rows } = await stage.pool.query('SELECT FROM usher.hold_seats WHERE showtime_id = $1', [id]);
    expect(rows).toEqual([]);
    const late = await LiveClient.join(stage.liveUrl(id));
    expect(late.welcome?.terms).toMatchObject({ salesOpen: false, cancelled: true });
    await late.close();
    expect(await client.call({ type: 'hold', seats: ['R1-9'] })).toMatchObject({ error: { code: 'sales_closed' } });
    expect((await ask('GET', '/v1/showtimes?date=2033-01-01')).json.showtimes).toEqual([]);
    expect(await ask('PATCH', at, { salesOpen: true }, '*')).toMatchObject({ code: 'showtime_cancelled' });
    await client.close();
  });

  it('sells new ticket types at once; the ordinary one has the prices of the showtime, wherever they are changed', async () => {
    const child = { id: 'child', name: 'Child', note: 'under 12', maxPerHold: 2, prices: { Back: 400 } };
    const body = { ...SHOW, startsAtLocal: '2033-03-01T20:00', prices: undefined };
    const types = [{ id: 'adult', name: 'Adult', prices: PRICES }, child];
    const added = await ask('POST', '/v1/showtimes', { ...body, ticketTypes: types });
    expect(added.status).toBe(201);
    const id = added.json.showtimes[0]!.id;
    const at = `/v1/showtimes/${id}`;
    expect((await ask('GET', `${at}/settings`)).json).toMatchObject({ prices: PRICES, ticketTypes: types });
    const client = await LiveClient.join(stage.liveUrl(id));
    const eur = (amount: number) => ({ amount, currency: 'EUR' });
    const { prices: _, ...told } = child;
    expect((await ask('GET', at)).json).toMatchObject({
      ticketTypes: [
        { id: 'adult', prices: [{ category: 'Front', price: eur(1_200) }, {}] },
        { ...told, prices: [{ category: 'Back', price: eur(400) }] },
      ],
    });
    expect(client.welcome?.terms.ticketTypes).toMatchObject([
      {
        id: 'adult',
        prices: [
          { category: 'Front', price: eur(1_200) },
          { category: 'Back', price: eur(900) },
        ],
      },
      { ...told, prices: [{ category: 'Back', price: eur(400) }] },
    ]);
    const raised = { Front: 1_500, Back: 1_000 };
    const changed = await ask('PATCH', at, { prices: raised }, '"1"');
    expect(changed.json).toMatchObject({ prices: raised, ticketTypes: [{ id: 'adult', prices: raised }, child] });
    expect(await client.call({ type: 'hold', seats: ['R2-1', 'R2-2'], ticketTypes: ['adult', 'child'] })).toMatchObject(
      {
        hold: { price: eur(1_400), ticketTypes: ['adult', 'child'] },
      },
    );
    const removed = await ask('PATCH', at, { ticketTypes: [] }, changed.etag);
    expect(removed.json).toMatchObject({ prices: raised, ticketTypes: [] });
    expect((await client.next('terms')).terms).toMatchObject({ version: 2 });
    const news = await client.next('terms');
    expect([news.terms.version, news.terms.ticketTypes]).toEqual([3, undefined]);
    await client.close();
  });

  it('is deleted where nobody has opened it, and ends its sales when it is told to', async () => {
    const body = { ...SHOW, startsAtLocal: '2033-02-01T20:00', salesCloseAt: '2020-01-01T00:00:00Z' };
    const { json } = await ask('POST', '/v1/showtimes', body);
    const at = `/v1/showtimes/${json.showtimes[0]!.id}`;
    expect((await ask('GET', `${at}/settings`)).json).toMatchObject({ salesCloseAt: '2020-01-01T00:00:00.000Z' });
    expect((await ask('DELETE', at, undefined, '"1"')).status).toBe(204);
    expect((await ask('GET', `${at}/settings`)).code).toBe('unknown_showtime');
  });
});
