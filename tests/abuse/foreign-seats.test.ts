import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asker, openAsker, TRANSPORTS } from '../integration/gateway/askers.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { sign } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { ask } from './web-buyer.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ SINGLE_GAP: 'off' });
});
afterAll(() => stage.close());

const VICTIM = 'user:victim-0f3a';
const STRANGER = 'user:stranger';

/** Somebody with a hold and a booking in a showtime of their own, and what of it is nobody else's business. */
async function openVictim() {
  const showtimeId = await stage.addShowtime();
  const client = await LiveClient.join(stage.liveUrl(showtimeId), { token: await sign(VICTIM) });
  const held = await client.call({ type: 'hold', seats: ['R1-1', 'R1-2'] });
  const toBook = await client.call({ type: 'hold', seats: ['R4-7', 'R4-8'] });
  if (!held.ok || !toBook.ok || !held.hold || !toBook.hold) throw new Error('the victim got no seats');
  const booked = await client.call({ type: 'book', holdId: toBook.hold.id, payment: { method: 'test' } });
  if (!booked.ok || !booked.booking) throw new Error('the victim could not book');
  const { hold } = held;
  const { booking } = booked;
  /** Ids that the attacker knows count only where it is told what it did not say itself. */
  const secrets = [
    VICTIM,
    booking.reference,
    'R1-1',
    'R1-2',
    'R4-7',
    'R4-8',
    '"amount":2400',
    '"amount":1800',
    String(hold.expiresAt),
  ];
  return { showtimeId, client, hold, booking, secrets };
}

type Victim = Awaited<ReturnType<typeof openVictim>>;

/** Everything that a stranger can do with the ids of another, which here it was told. */
const THEFTS: readonly (readonly [string, (who: Asker, victim: Victim) => ReturnType<Asker['ask']>])[] = [
  ['release', (who, { hold }) => who.ask({ type: 'release', holdId: hold.id })],
  ['release of one seat', (who, { hold }) => who.ask({ type: 'release', holdId: hold.id, seats: ['R2-2'] })],
  ['extend', (who, { hold }) => who.ask({ type: 'extend', holdId: hold.id })],
  ['book', (who, { hold }) => who.ask({ type: 'book', holdId: hold.id, payment: { method: 'test' } })],
  ['hold into it', (who, { hold }) => who.ask({ type: 'hold', seats: ['R3-3'], holdId: hold.id })],
  ['cancel', (who, { booking }) => who.ask({ type: 'cancel', bookingId: booking.id })],
];

describe.each(TRANSPORTS)('a stranger over %s', (transport) => {
  it('who knows the ids of another is told wrong_holder and nothing else, and changes nothing', async () => {
    const victim = await openVictim();
    const stranger = await openAsker(transport, stage, victim.showtimeId, await sign(STRANGER));
    const before = victim.client.messages.length;
    for (const [what, steal] of THEFTS) {
      const answer = await steal(stranger, victim);
      expect(answer.error?.code, what).toBe('wrong_holder');
      expect(answer, what).toEqual({
        ...(transport === 'HTTP' ? {} : { type: 'reply', id: expect.any(Number), ok: false }),
        error: {
          code: 'wrong_holder',
          message: 'This belongs to somebody else.',
          retryable: false,
          outcome: 'not-applied',
        },
      });
    }
    // A booking is no hold, a hold no booking, and neither is anything in another showtime.
    for (const [command, code] of [
      [{ type: 'cancel', bookingId: victim.hold.id }, 'unknown_booking'],
      [{ type: 'extend', holdId: victim.booking.id }, 'unknown_hold'],
    ] as const) {
      expect((await stranger.ask(command)).error?.code).toBe(code);
    }
    const elsewhere = await openAsker(transport, stage, stage.showtimeId, await sign(VICTIM));
    expect((await elsewhere.ask({ type: 'extend', holdId: victim.hold.id })).error?.code).toBe('unknown_hold');
    expect((await elsewhere.ask({ type: 'cancel', bookingId: victim.booking.id })).error?.code).toBe('unknown_booking');
    expect(victim.client.messages.slice(before)).toEqual([]);
    const [own] = await ownOf(victim, VICTIM);
    expect(own).toMatchObject({ holds: [victim.hold], bookings: [victim.booking] });
    await Promise.all([stranger.close(), elsewhere.close(), victim.client.close()]);
  });

  it('with the commandId of another gets an outcome of its own, and leaves the other theirs', async () => {
    const victim = await openVictim();
    const commandId = randomUUID();
    const first = await victim.client.call({ type: 'hold', seats: ['R2-1'], commandId });
    const open = async (holder: string) =>
      await openAsker(transport, stage, victim.showtimeId, await sign(`${STRANGER}-${holder}`));
    const [one, two] = await Promise.all([open('one'), open('two')]);
    // The same command: the seat is taken. Another: it is done, as if nobody had used the id before.
    const same = await one.ask({ type: 'hold', seats: ['R2-1'], commandId });
    expect(same.error?.code).toBe('seats_unavailable');
    const other = await two.ask({ type: 'hold', seats: ['R3-1'], commandId });
    expect(other.hold?.seats).toEqual(['R3-1']);
    const again = await victim.client.call({ type: 'hold', seats: ['R2-1'], commandId });
    expect(again).toMatchObject({ ok: true, hold: first.ok ? first.hold : undefined });
    await Promise.all([one.close(), two.close(), victim.client.close()]);
  });

  it('with the commandId with which another booked is no way to the booking, and no way to spoil it', async () => {
    const victim = await openVictim();
    const commandId = randomUUID();
    const book = { type: 'book', holdId: victim.hold.id, payment: { method: 'test' }, commandId };
    const open = async (holder: string) =>
      await openAsker(transport, stage, victim.showtimeId, await sign(`${STRANGER}-${holder}`));
    const [early, late, buyer] = await Promise.all([open('early'), open('late'), open('buyer')]);
    expect((await early.ask(book)).error?.code).toBe('wrong_holder');
    const bought = await victim.client.call(book);
    expect((await late.ask(book)).error?.code).toBe('unknown_hold');
    const mine = await buyer.ask({ type: 'hold', seats: ['R3-9'] });
    expect((await buyer.ask({ ...book, holdId: mine.hold?.id })).booking?.seats).toEqual(['R3-9']);
    expect(await victim.client.call(book)).toMatchObject({ ok: true, booking: bought.ok ? bought.booking : {} });
    await Promise.all([early, late, buyer, victim.client].map((client) => client.close()));
  });
});

/** What HTTP says that somebody has, and its text. */
async function ownOf({ showtimeId }: Victim, holder: string): Promise<readonly [unknown, string]> {
  const place = { ...stage, httpUrl: (path?: string) => stage.httpUrl(path, showtimeId) };
  const answer = await ask(place, 'GET', '/own', await sign(holder));
  return [answer.body, answer.text];
}

describe('somebody who only watches', () => {
  it.each(['json', 'msgpack'] as const)(
    'in %s is told which seats are gone, and never whose, how or for how much',
    async (encoding) => {
      const victim = await openVictim();
      const watcher = await LiveClient.join(stage.liveUrl(victim.showtimeId), {
        encoding,
        token: await sign(STRANGER),
      });
      const early = await LiveClient.join(stage.liveUrl(victim.showtimeId), { encoding });
      const { seq } = early;
      await early.close();
      await victim.client.call({ type: 'extend', holdId: victim.hold.id });
      const booked = await victim.client.call({ type: 'book', holdId: victim.hold.id, payment: { method: 'test' } });
      const third = await victim.client.call({ type: 'hold', seats: ['R3-5'] });
      await victim.client.call({ type: 'cancel', bookingId: victim.booking.id });
      if (!booked.ok || !third.ok) throw new Error('the victim was refused');
      await watcher.reach(victim.client.seq);
      const resumed = await LiveClient.join(stage.liveUrl(victim.showtimeId), { encoding, after: early });
      await resumed.reach(victim.client.seq);
      const ids = [victim.hold.id, victim.booking.id, booked.booking?.id, booked.booking?.reference, third.hold?.id];
      const told = JSON.stringify([...watcher.messages, ...resumed.messages]);
      for (const secret of [...victim.secrets, ...ids]) expect(told, String(secret)).not.toContain(secret);
      const kinds = [...watcher.messages, ...resumed.messages].map(({ type }) => type);
      expect(new Set(kinds)).toEqual(new Set(['welcome', 'snapshot', 'delta', 'own']));
      expect(watcher.messages.filter(({ type }) => type === 'own')).toEqual([]);
      for (const message of [...watcher.messages, ...resumed.messages]) {
        if (message.type === 'snapshot' || message.type === 'own') {
          expect(message).toMatchObject({ holds: [], bookings: [] });
        }
      }
      await Promise.all([watcher, resumed, victim.client].map((client) => client.close()));
      expect(seq).toBeGreaterThan(0);
    },
  );

  it('over HTTP finds nothing of another in any page, and no page of one without their token', async () => {
    const victim = await openVictim();
    const place = { ...stage, httpUrl: (path?: string) => stage.httpUrl(path, victim.showtimeId) };
    const pages = ['', '/seats', '/connect', '/own', `/holds/${victim.hold.id}`, `/bookings/${victim.booking.id}`];
    // The last asks for what no page takes, and is refused for it.
    const texts = await Promise.all(
      [...pages, `/bookings/${victim.booking.reference}`, `/own?holder=${VICTIM}`].map((page) => {
        return sign(STRANGER).then((token) => ask(place, 'GET', page, token));
      }),
    );
    const told = texts.map(({ text }) => text).join('\n');
    for (const secret of [...victim.secrets, victim.hold.id, victim.booking.id]) {
      expect(told, secret).not.toContain(secret);
    }
    expect(texts.map(({ status }) => status)).toEqual([200, 200, 200, 200, 405, 404, 404, 400]);
    expect((await ask(place, 'GET', '/own', '')).status).toBe(401);
    await victim.client.close();
  });
});

it('staff cancel the booking of anybody, and are not told who it was; a guest whose token says nothing of staff is not', async () => {
  const victim = await openVictim();
  const staff = await LiveClient.join(stage.liveUrl(victim.showtimeId), {
    token: await sign('staff:1', { role: 'staff' }),
  });
  // Holds stay with whoever has them, also before staff: they end by time.
  expect(await staff.call({ type: 'release', holdId: victim.hold.id })).toMatchObject({
    error: { code: 'wrong_holder' },
  });
  const reply = await staff.call({ type: 'cancel', bookingId: victim.booking.id });
  expect(reply).toMatchObject({ ok: true, booking: { id: victim.booking.id, status: 'cancelled' } });
  expect(JSON.stringify(staff.messages)).not.toContain(VICTIM);
  await Promise.all([staff.close(), victim.client.close()]);
});
