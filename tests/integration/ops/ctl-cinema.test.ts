/** A cinema of one's own by commands alone, against a real node. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCtl } from '../../../src/ops/ctl/run-ctl.js';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

const PLAN = ['row,seat,category', ...['A', 'B'].flatMap((row) => [1, 2, 3, 4].map((n) => `${row},${n},Stalls`))];
const YEAR = new Date().getUTCFullYear() + 1;

let stage: Stage;
let folder: string;
let key: string;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '500' });
  folder = await mkdtemp(join(tmpdir(), 'usher-ctl-'));
  key = await sign('user:manager', { role: 'manager' });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await stage.close();
});

async function ctl(...argv: readonly string[]) {
  let out = '';
  let err = '';
  const environment = { USHER_URL: `http://127.0.0.1:${stage.port}`, USHER_API_KEY: key };
  const code = await runCtl(argv, {
    environment,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

/** @returns what a command that succeeds says to programs. */
async function json<Body>(...argv: readonly string[]): Promise<Body> {
  const { code, out, err } = await ctl(...argv, '--json');
  expect([code, err], argv.join(' ')).toEqual([0, '']);
  return JSON.parse(out) as Body;
}

/** The last Sunday of October, on which clocks in Berlin show 02:30 twice. */
function endOfSummerTime(): string {
  const last = new Date(Date.UTC(YEAR, 9, 31));
  last.setUTCDate(31 - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}

async function hold(showtimeId: string, seats: readonly string[]) {
  const guest = (await (await fetch(`http://127.0.0.1:${stage.port}/v1/sessions`, { method: 'POST' })).json()) as {
    session: string;
  };
  const answer = await fetch(stage.httpUrl('/holds', showtimeId), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${guest.session}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ seats }),
  });
  return (await answer.json()) as { hold?: { price: object }; code?: string };
}

describe('a cinema by commands alone', () => {
  let showtimes: { id: string; startsAt: string; startsAtLocal: string; adjusted?: string }[];

  it('gets a venue, and says so when there is one already', async () => {
    const argv = ['venue', 'add', 'capitol', '--name', 'Capitol', '--city', 'Berlin', '--time-zone', 'Europe/Berlin'];
    expect(await json(...argv)).toMatchObject({ id: 'capitol', timeZone: 'Europe/Berlin' });
    const again = await ctl(...argv);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('[already_exists]')]);
    const nowhere = await ctl('venue', 'add', 'x', '--name', 'X', '--city', 'X', '--time-zone', 'Mars/Olympus');
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('timeZone')]);
    expect((await ctl('venue', 'list', '--city', 'berlin')).out).toMatch(/capitol +Capitol +Berlin +Europe\/Berlin/);
  });

  it('gets a hall from a file: first looked at, then made', async () => {
    const file = join(folder, 'screen.csv');
    await writeFile(file, PLAN.join('\n'));
    const look = await ctl('hall', 'import', file, '--venue', 'capitol', '--stage', 'top', '--dry-run');
    expect([look.code, look.err]).toEqual([0, '']);
    expect(look.out).toContain('8 places (8 seats, 0 standing) in 2 rows');
    expect(await readFile(join(folder, 'screen.preview.svg'), 'utf8')).toContain('<svg');
    expect((await ctl('hall', 'list', '--venue', 'capitol')).out).toContain('There are no halls');
    const made = await json('hall', 'import', file, '--venue', 'capitol', '--name', 'Screen 1', '--stage', 'top');
    expect(made).toMatchObject({ dryRun: false, hall: { id: 'capitol-screen-1' } });
    expect((await ctl('hall', 'list', '--venue', 'capitol')).out).toContain('capitol-screen-1');
  });

  it('is told what is wrong with a plan, and nothing is made of it', async () => {
    const file = join(folder, 'broken.csv');
    await writeFile(file, [...PLAN, 'B,4,Stalls'].join('\n'));
    const look = await ctl('hall', 'import', file, '--venue', 'capitol', '--stage', 'top', '--dry-run');
    expect(look.code).toBe(1);
    expect(look.err).toMatch(/Problem \w+, 1 time:\n {2}line 10/);
    const made = await ctl('hall', 'import', file, '--venue', 'capitol', '--name', 'Broken', '--stage', 'top');
    expect(made.code).not.toBe(0);
    expect((await ctl('hall', 'list', '--venue', 'capitol')).out).not.toContain('Broken');
    const both = await ctl('hall', 'import', file, '--venue', 'capitol', '--hall', 'h');
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('either --venue')]);
    const unknown = await ctl('hall', 'import', join(folder, 'plan.dwg'), '--venue', 'capitol', '--dry-run');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('no ending')]);
  });

  it('shows a film for days over the end of summer time', async () => {
    const movie = ['movie', 'add', 'lola', '--title', 'Run Lola Run', '--year', '1998', '--minutes', '81'];
    await json(...movie, '--genre', 'Thriller', '--genre', 'Romance', '--language', 'de');
    expect((await ctl('movie', 'list')).out).toMatch(/lola +Run Lola Run +1998 +81/);
    const sunday = endOfSummerTime();
    const saturday = new Date(Date.parse(sunday) - 86_400_000).toISOString().slice(0, 10);
    const at = ['--movie', 'lola', '--hall', 'capitol-screen-1', '--currency', 'EUR', '--price', 'Stalls=9.50'];
    const series = ['showtime', 'series', ...at, '--from', saturday, '--until', sunday];
    ({ showtimes } = await json<{ showtimes: typeof showtimes }>(...series, '--time', '14:00', '--time', '20:00'));
    expect(showtimes.map(({ startsAt }) => startsAt.slice(0, 16))).toEqual([
      ...[`${saturday}T12:00`, `${saturday}T18:00`],
      ...[`${sunday}T13:00`, `${sunday}T19:00`],
    ]);
    const overlap = await ctl('showtime', 'add', ...at, '--at', `${sunday}T20:30`);
    expect([overlap.code, overlap.err]).toEqual([1, expect.stringContaining('[showtime_overlap]')]);
    const twice = await ctl('showtime', 'add', ...at, '--at', `${sunday}T02:30`);
    expect([twice.code, twice.out]).toEqual([0, expect.stringContaining('the clocks show it twice')]);
    const types = ['--ticket-type', 'adult=Adult', '--ticket-type', 'child=Child; Stalls=6; max=2; note=under 12'];
    const typed = await json<{ showtimes: { id: string }[] }>(
      'showtime',
      'add',
      ...at,
      ...types,
      '--at',
      '2040-01-01T20:00',
    );
    const shown = await fetch(`http://127.0.0.1:${stage.port}/v1/showtimes/${typed.showtimes[0]!.id}`);
    expect(await shown.json()).toMatchObject({
      ticketTypes: [
        { id: 'adult', prices: [{ price: { amount: 950 } }] },
        { id: 'child', note: 'under 12', maxPerHold: 2, prices: [{ price: { amount: 600 } }] },
      ],
    });
    const list = await json<{ showtimes: object[] }>('showtime', 'list', '--movie', 'lola');
    expect(list.showtimes).toHaveLength(6);
  });

  it('raises a price: the next hold has it', async () => {
    const id = showtimes[0]!.id;
    expect((await hold(id, ['A-1', 'A-2'])).hold?.price).toEqual({ amount: 1_900, currency: 'EUR' });
    const { code, out } = await ctl('showtime', 'price', id, '--price', 'Stalls=12');
    expect([code, out]).toEqual([0, `Prices of ${id} are now: Stalls 12.00 EUR.\n`]);
    expect((await hold(id, ['B-1', 'B-2'])).hold?.price).toEqual({ amount: 2_400, currency: 'EUR' });
    const unclear = await ctl('showtime', 'price', id, '--price', 'Stalls=12,50');
    expect([unclear.code, unclear.err]).toEqual([2, expect.stringContaining('is no price in EUR')]);
  });

  it('closes the sale, opens it again, and cancels', async () => {
    const id = showtimes[1]!.id;
    expect((await ctl('showtime', 'close', id)).out).toContain('is closed');
    expect((await hold(id, ['A-1', 'A-2'])).code).toBe('sales_closed');
    expect((await ctl('showtime', 'open', id)).out).toContain('is open');
    expect((await hold(id, ['A-1', 'A-2'])).hold).toBeDefined();
    expect((await ctl('showtime', 'cancel', id, '--reason', 'The projector broke.')).code).toBe(0);
    const again = await ctl('showtime', 'close', id);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('[showtime_cancelled]')]);
  });

  it('is edited by nobody who may not', async () => {
    const staff = await sign('user:staff', { role: 'staff' });
    const argv = ['venue', 'add', 'mine', '--name', 'M', '--city', 'M', '--time-zone', 'Europe/Berlin', '--key', staff];
    const { code, err } = await ctl(...argv);
    expect([code, err]).toEqual([3, expect.stringContaining('catalogue.edit')]);
    const unknown = await ctl('showtime', 'close', randomUUID());
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('[unknown_showtime]')]);
  });
});
