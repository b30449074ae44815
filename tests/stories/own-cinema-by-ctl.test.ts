/** From an empty database to a programme on sale, by commands only. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROLE_PERMISSIONS } from '../../src/http/access.js';
import { type EmptyCinema, openEmptyCinema } from './empty-cinema.js';
import { GRAND_PLAN } from './grand-plan.js';
import { Person } from './person.js';

const PASSWORD = 'three green bottles on a wall';

let cinema: EmptyCinema;
let directory: string;
let key = '';
let showtimeId = '';
beforeAll(async () => {
  cinema = await openEmptyCinema();
  directory = await mkdtemp(join(tmpdir(), 'usher-ctl-story-'));
});
afterAll(async () => {
  await cinema.close();
  await rm(directory, { recursive: true });
});

interface Ran {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** The built program, as people run it. */
function ctl(...argv: string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'], ...cinema.environment, ...(key === '' ? {} : { USHER_API_KEY: key }) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/ctl.js', ...argv], { env, cwd: process.cwd() }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

async function done(...argv: string[]): Promise<string> {
  const { code, out, err } = await ctl(...argv);
  expect({ code, err }, argv.join(' ')).toEqual({ code: 0, err: '' });
  return out;
}

const json = async <Body>(...argv: string[]) => JSON.parse(await done(...argv, '--json')) as Body;

it('the link of the first administrator is a command; with a log-in there is a key for all others', async () => {
  const { token } = await json<{ token: string }>('setup-link');
  const owner = new Person(cinema.server.url);
  await owner.done('POST', '/v1/setup', { token, email: 'owner@cinema.example', name: 'Olga', password: PASSWORD });
  expect((await ctl('setup-link')).code).not.toBe(0);
  await owner.logIn('owner@cinema.example', PASSWORD);
  await owner.enrol();
  const allowed = ['catalogue.edit', 'halls.edit', 'showtimes.edit', 'accounts.manage', ...ROLE_PERMISSIONS.staff];
  const permissions = allowed.flatMap((permission) => ['--allow', permission]);
  const made = await json<{ secret: string }>('key', 'add', 'office', ...permissions, '--key', owner.token);
  expect((await ctl('venue', 'add', 'bijou', '--name', 'B', '--city', 'B', '--time-zone', 'Etc/UTC')).code).toBe(3);
  key = made.secret;
});

it('a venue, a hall from a file after a dry run, and a film are commands', async () => {
  const zone = ['--time-zone', 'Pacific/Auckland'];
  await done('venue', 'add', 'bijou', '--name', 'Bijou', '--city', 'Auckland', ...zone);
  const file = join(directory, 'grand.csv');
  await writeFile(file, GRAND_PLAN);
  const picture = join(directory, 'grand.svg');
  const hall = ['hall', 'import', file, '--venue', 'bijou', '--name', 'Grand', '--id', 'grand'];
  expect(await done(...hall, '--dry-run', '--picture', picture)).toMatch(/96/);
  expect(await done('hall', 'list')).not.toContain('grand');
  await done(...hall);
  expect(await done('hall', 'list')).toContain('grand');
  await done('movie', 'add', 'sunrise', '--title', 'Sunrise', '--year', '1927', '--minutes', '94');
});

it('a week of showtimes, a price and the end of a sale are commands', async () => {
  const prices = ['--price', 'Front=24.00', '--price', 'Rear=18.00', '--currency', 'NZD'];
  const days = ['--from', '2031-04-03', '--until', '2031-04-09', '--time', '20:00'];
  await done('showtime', 'series', '--movie', 'sunrise', '--hall', 'grand', ...prices, ...days);
  const day = await json<{ showtimes: { id: string }[] }>('showtime', 'list', '--date', '2031-04-07');
  expect(day.showtimes).toHaveLength(1);
  showtimeId = day.showtimes[0]?.id ?? '';
  await done('showtime', 'price', showtimeId, '--price', 'Rear=19.50');
  const guest = new Person(cinema.server.url);
  guest.token = (await guest.done<{ session: string }>('POST', '/v1/sessions')).session;
  const at = `/v1/showtimes/${showtimeId}`;
  const { hold } = await guest.done<{ hold: { id: string; price: object } }>('POST', `${at}/holds`, {
    seats: ['D-6', 'D-7'],
  });
  expect(hold.price).toEqual({ amount: 3_900, currency: 'NZD' });
  const order = { holdId: hold.id, payment: { method: 'test' }, price: hold.price };
  const { booking } = await guest.done<{ booking: { reference: string } }>('POST', `${at}/bookings`, order);
  expect(await done('booking', 'find', booking.reference)).toContain('D-6');
  await done('showtime', 'close', showtimeId);
  expect(await guest.ask('POST', `${at}/holds`, { seats: ['E-1'] })).toMatchObject({ json: { code: 'sales_closed' } });
  await done('showtime', 'open', showtimeId);
});

it('accounts are commands, and a key does nothing that it was not given', async () => {
  await done('user', 'add', 'stan@cinema.example', '--name', 'Stan', '--role', 'staff');
  await cinema.mailedToken('stan@cinema.example');
  expect(await done('user', 'list')).toContain('stan@cinema.example');
  await done('user', 'disable', 'stan@cinema.example');
  expect((await ctl('key', 'list')).code).toBe(3);
});
