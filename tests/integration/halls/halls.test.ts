/** Halls over HTTP, from a file to a seat that is sold, and the versions of a seat map. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProblem } from '../gateway/askers.js';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

interface Report {
  readonly format: string;
  readonly ok: boolean;
  readonly plan?: { readonly places: number };
  readonly problems: readonly {
    readonly code: string;
    readonly count: number;
    readonly examples: readonly { readonly at: string }[];
  }[];
}
interface Imported {
  readonly dryRun: boolean;
  readonly report: Report;
  readonly picture?: string;
  readonly hall?: {
    readonly id: string;
    readonly name: string;
    readonly seatMap: {
      readonly hash: string;
      readonly version: number;
      readonly url: string;
      readonly pictureUrl: string;
    };
  };
}

let stage: Stage;
let staff: string;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '500' });
  staff = await sign('manager:1', { role: 'manager' });
});
afterAll(() => stage.close());

const at = (path: string) => `http://127.0.0.1:${stage.port}${path}`;
const send = async (
  method: string,
  path: string,
  body?: string | Buffer<ArrayBuffer>,
  type = 'application/json',
  who = staff,
  ifMatch = '*',
) =>
  await fetch(at(path), {
    method,
    headers: {
      authorization: `Bearer ${who}`,
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(ifMatch === '' ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body }),
  });
const post = async (path: string, body: string | Buffer<ArrayBuffer>, type: string): Promise<Imported> => {
  const answer = await send('POST', path, body, type);
  const value = (await answer.json()) as Imported;
  expect(answer.status, JSON.stringify(value)).toBe(200);
  return value;
};

const SAMPLES = [
  ['theatre.csv', 'text/csv; charset=utf-8', 152],
  ['studio.rows.txt', 'text/plain', 98],
  ['town-hall.seatsio.json', 'application/json', 224],
  ['hall.svg', 'image/svg+xml', 40],
  ['screen-5.grid.json', 'application/json', 98],
] as const;

describe('a hall from a file', () => {
  it.each(SAMPLES)('%s: tried first, then made, listed and drawn', async (sample, type, places) => {
    const file = readFileSync(`tests/plans/samples/${sample}`);
    const name = `Hall of ${sample}`;
    const tried = await post(`/v1/venues/v/halls?dryRun=true&name=${encodeURIComponent(name)}`, file, type);
    expect(tried).toMatchObject({ dryRun: true, report: { ok: true, plan: { places } } });
    expect(tried.picture).toMatch(/^<svg /);
    expect(tried.hall).toBeUndefined();
    const made = await post(`/v1/venues/v/halls?name=${encodeURIComponent(name)}`, file, type);
    expect(made.hall).toMatchObject({ name, venueId: 'v', turnaroundMinutes: 20, seatMap: { places, version: 1 } });
    const { id, seatMap } = made.hall!;
    expect(id).toMatch(/^v-hall-of-[a-z0-9-]+$/);
    expect(await (await fetch(at(`/v1/halls/${id}`))).json()).toEqual(made.hall);
    const map = (await (await fetch(at(seatMap.url))).json()) as { seats: { label: string[] } };
    expect(map.seats.label).toHaveLength(places);
    const picture = await fetch(at(seatMap.pictureUrl));
    expect(picture.headers.get('content-type')).toBe('image/svg+xml');
    expect(picture.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await picture.text()).toBe(tried.picture);
  });

  it('is listed by venue, in pages that go on', async () => {
    const list = async (query: string) =>
      (await (await fetch(at(`/v1/halls${query}`))).json()) as { halls: { id: string }[]; next?: string };
    const { halls } = await list('?venue=v');
    expect(halls.map(({ id }) => id)).toContain('h');
    expect((await list('?venue=nowhere')).halls).toEqual([]);
    expect((await list(`?cursor=${halls[0]!.id}`)).halls.map(({ id }) => id)).toEqual(
      halls.slice(1).map(({ id }) => id),
    );
  });

  it('is refused with the lines of its faults, and nothing is left of it', async () => {
    const file = 'row,seat\nA,1\nA,SEP 1\nA,2001-01-02\n"A,3\nA,4,5';
    const answer = await send('POST', '/v1/venues/v/halls?name=Faulty', file, 'text/csv');
    const problem = await readProblem(answer.clone() as Response);
    expect(problem).toMatchObject({ code: 'invalid_plan', retryable: false, outcome: 'not-applied' });
    const { faults } = (await answer.json()) as { faults: Report['problems'] };
    expect(faults.map(({ code, count, examples }) => [code, count, examples[0]?.at])).toEqual([
      ['missing_quote', 1, 'line 5'],
      ['spreadsheet_date', 2, 'line 3'],
      ['too_many_cells', 1, 'line 6'],
    ]);
    expect((await fetch(at('/v1/halls/v-faulty'))).status).toBe(404);
    const tried = await post('/v1/venues/v/halls?name=Faulty&dryRun=true', file, 'text/csv');
    expect(tried.report).toMatchObject({ ok: false, problems: faults });
    expect(tried.picture).toBeUndefined();
  });

  it.each([
    ['no name', '/v1/venues/v/halls', 'text/csv', 'row,seat\nA,1', 'invalid_field'],
    [
      'an option that cannot be read',
      '/v1/venues/v/halls?name=X&stage=above',
      'text/csv',
      'row,seat\nA,1',
      'invalid_field',
    ],
    ['an option that there is not', '/v1/venues/v/halls?name=X&stge=top', 'text/csv', 'row,seat\nA,1', 'invalid_field'],
    ['no venue', '/v1/venues/none/halls?name=X', 'text/csv', 'row,seat\nA,1', 'unknown_venue'],
    ['an id that is taken', '/v1/venues/v/halls?name=X&id=h', 'text/csv', 'row,seat\nA,1', 'already_exists'],
    ['a wrong type', '/v1/venues/v/halls?name=X', 'application/pdf', '%PDF', 'unsupported_media_type'],
    ['an empty body', '/v1/venues/v/halls?name=X', 'text/csv', '', 'bad_message'],
    ['no hall', '/v1/halls/none/seat-maps', 'text/csv', 'row,seat\nA,1', 'unknown_hall'],
    [
      'a thousand columns',
      '/v1/venues/v/halls?name=X',
      'text/csv',
      `row,seat${',a'.repeat(1_000)}\nA,1`,
      'invalid_plan',
    ],
  ])('%s is refused by its code', async (_, path, type, body, code) => {
    expect((await readProblem(await send('POST', path, body, type))).code).toBe(code);
  });

  it('of more than 50 MB is refused, and one of 50 MB is read without the server standing still', async () => {
    const line = 'Stalls,A,1,I,,,,,,,\n';
    const over = Buffer.alloc(50 * 1024 * 1024 + 1, line);
    expect((await readProblem(await send('POST', '/v1/venues/v/halls?name=X', over, 'text/csv'))).code).toBe(
      'frame_too_large',
    );
    const whole = Buffer.concat([
      Buffer.from('zone,row,seat,category,a,b,c,d,e,f,g\n'),
      Buffer.alloc(50 * 1024 * 1024 - 100, line),
    ]);
    let [slowest, asked, isRead] = [0, 0, false];
    const reading = send('POST', '/v1/venues/v/halls?name=X&dryRun=true', whole, 'text/csv').finally(() => {
      isRead = true;
    });
    while (!isRead) {
      const began = performance.now();
      await fetch(at('/healthz'));
      slowest = Math.max(slowest, performance.now() - began);
      asked++;
    }
    const answer = await reading;
    const { report } = (await answer.json()) as Imported;
    expect(report.ok).toBe(false);
    expect(JSON.stringify(report).length).toBeLessThan(3_000);
    expect(asked).toBeGreaterThan(10);
    expect(slowest).toBeLessThan(1_000);
  }, 120_000);

  it('is for staff', async () => {
    const guest = await sign('guest:1');
    for (const [method, path] of [
      ['POST', '/v1/venues/v/halls?name=X'],
      ['POST', '/v1/halls/h/seat-maps'],
    ] as const) {
      expect((await readProblem(await send(method, path, 'row,seat\nA,1', 'text/csv', guest))).code).toBe('forbidden');
    }
    for (const method of ['PATCH', 'DELETE']) {
      expect((await readProblem(await send(method, '/v1/halls/h', '{}', 'application/json', guest))).code).toBe(
        'forbidden',
      );
    }
  });
});

describe('a hall', () => {
  it('has a version of its seat map for each plan that differs', async () => {
    const { hall: made } = await post('/v1/venues/v/halls?name=Versions', 'A: 6\nB: 6', 'text/plain');
    const again = await post(`/v1/halls/${made!.id}/seat-maps`, 'A: 6\nB: 6', 'text/plain');
    expect(again.hall?.seatMap).toEqual(made?.seatMap);
    const tried = await post(`/v1/halls/${made!.id}/seat-maps?dryRun=true`, 'A: 8\nB: 6', 'text/plain');
    expect(tried).toMatchObject({ dryRun: true, report: { plan: { places: 14 } } });
    const next = await post(`/v1/halls/${made!.id}/seat-maps`, 'Z: 3\nA: 8\nB: 6', 'text/plain');
    expect(next.hall?.seatMap).toMatchObject({ places: 17, version: 2 });
    const { versions } = (await (await fetch(at(`/v1/halls/${made!.id}/seat-maps`))).json()) as {
      versions: { version: number; hash: string }[];
    };
    expect(versions.map(({ version, hash }) => [version, hash])).toEqual([
      [2, next.hall?.seatMap.hash],
      [1, made?.seatMap.hash],
    ]);
    const labels = async (url: string) =>
      ((await (await fetch(at(url))).json()) as { seats: { label: string[] } }).seats.label;
    const before = await labels(made!.seatMap.url);
    expect((await labels(next.hall!.seatMap.url)).slice(0, 12)).toEqual(before);
  });

  it('rebuilt by four people at once has four versions more, each with a number of its own', async () => {
    const { hall } = await post('/v1/venues/v/halls?name=Busy', 'A: 6', 'text/plain');
    const plans = [7, 8, 9, 10].map((seats) => post(`/v1/halls/${hall!.id}/seat-maps`, `A: ${seats}`, 'text/plain'));
    const made = (await Promise.all(plans)).map(({ hall: rebuilt }) => rebuilt?.seatMap.version);
    expect(Math.min(...made.map(Number))).toBeGreaterThan(1);
    const answer = await fetch(at(`/v1/halls/${hall!.id}/seat-maps`));
    const { versions } = (await answer.json()) as { versions: { version: number; places: number }[] };
    expect(versions.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    expect(versions.map(({ places }) => places).sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10]);
  });

  it('is not changed by somebody who has not seen its newest version', async () => {
    const { hall } = await post('/v1/venues/v/halls?name=Tagged', 'A: 6', 'text/plain');
    const path = `/v1/halls/${hall!.id}`;
    const read = await fetch(at(path));
    const etag = read.headers.get('etag')!;
    const change = (body: object, ifMatch: string) =>
      send('PATCH', path, JSON.stringify(body), 'application/json', staff, ifMatch);
    expect((await readProblem(await change({ name: 'Nobody' }, ''))).code).toBe('precondition_required');
    const first = await change({ name: 'First' }, etag);
    expect(first.status).toBe(200);
    expect((await readProblem(await change({ name: 'Second' }, etag))).code).toBe('stale_version');
    expect((await readProblem(await send('DELETE', path, undefined, '', staff, etag))).code).toBe('stale_version');
    expect((await change({ name: 'Second' }, first.headers.get('etag')!)).status).toBe(200);
    const now = await fetch(at(path));
    expect(await now.json()).toMatchObject({ name: 'Second' });
    const again = await fetch(at(path), { headers: { 'if-none-match': now.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('is renamed, and deleted where nothing is in it', async () => {
    const { hall } = await post('/v1/venues/v/halls?name=Old', 'A: 6', 'text/plain');
    const change = JSON.stringify({ name: 'New', turnaroundMinutes: 35 });
    const renamed = (await (await send('PATCH', `/v1/halls/${hall!.id}`, change)).json()) as object;
    expect(renamed).toEqual({ ...hall, name: 'New', turnaroundMinutes: 35 });
    expect((await readProblem(await send('PATCH', `/v1/halls/${hall!.id}`, '{"name":""}'))).code).toBe('invalid_field');
    expect((await send('DELETE', `/v1/halls/${hall!.id}`)).status).toBe(204);
    expect((await readProblem(await send('DELETE', `/v1/halls/${hall!.id}`))).code).toBe('unknown_hall');
    expect((await readProblem(await send('DELETE', '/v1/halls/h'))).code).toBe('in_use');
    expect((await readProblem(await send('PATCH', '/v1/halls/none', change))).code).toBe('unknown_hall');
    // Every act is on record, with who did it; what was refused is not.
    const { rows } = await stage.pool.query<{ holder: string; action: string; before: object; after: object }>(
      'SELECT holder, action, before, after FROM boxoffice.audit_log WHERE subject = $1 ORDER BY id',
      [`hall:${hall!.id}`],
    );
    expect(rows).toMatchObject([
      { holder: 'manager:1', action: 'hall.create', before: null, after: { name: 'Old' } },
      {
        action: 'hall.change',
        before: { name: 'Old', turnaroundMinutes: 20 },
        after: { name: 'New', turnaroundMinutes: 35 },
      },
      { action: 'hall.delete', before: { name: 'New' }, after: null },
    ]);
  });
});
