import { describe, expect, it } from 'vitest';
import { holdView, liveStage, SERVER_TIME, snapshot, withSeatMap } from './fake-surroundings.js';

describe('own seats', () => {
  const mine = holdView();

  it('[CLIENT-6] count as held whatever the map says, from the reply on', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    const changes: unknown[] = [];
    client.on('delta', (delta) => changes.push(...delta.changes));
    const held = client.hold(['A-1', 'A-2']);
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: true, hold: mine });
    expect(await held).toMatchObject({ ok: true, hold: mine });
    expect(client.statusOf('A-1')).toBe('held');
    expect([...client.getSnapshot().statuses].slice(0, 3)).toEqual([1, 1, 0]);
    // An older delta is still on its way; the one that shows the hold changes nothing to the eye.
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'available']] });
    socket.tell({
      type: 'delta',
      epoch: 3,
      seq: 122,
      changes: [
        [0, 'held'],
        [1, 'held'],
      ],
    });
    expect(changes).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('[CLIENT-10] that staff take away are lost, and the buyer is told so', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    socket.tell({ type: 'own', holds: [mine], bookings: [] });
    const told: unknown[] = [];
    client.on('takenaway', (event) => told.push(event));
    client.on('expire', (event) => told.push(event));
    socket.tell({ type: 'hold_taken_away', holdId: mine.id, seats: mine.seats });
    socket.tell({ type: 'own', holds: [], bookings: [] });
    expect(told).toEqual([{ holdId: mine.id, seats: mine.seats }]);
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('[TERMS-5] that end with a cancelled showtime are lost, and the buyer is told why', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    socket.tell({ type: 'own', holds: [mine], bookings: [] });
    const told: unknown[] = [];
    client.on('takenaway', (event) => told.push(event));
    const cause = 'showtime_cancelled';
    socket.tell({ type: 'hold_taken_away', holdId: mine.id, seats: mine.seats, cause });
    expect(told).toEqual([{ holdId: mine.id, seats: mine.seats, cause }]);
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('[CLIENT-10] what staff do for others is not theirs', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    const held = client.act({ type: 'hold', seats: ['A-1', 'A-2'], customer: 'ann', channel: 'pos' });
    expect(socket.commands()[0]).toMatchObject({ type: 'hold', customer: 'ann', channel: 'pos' });
    expect(client.getSnapshot().busy).toBe(false);
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: true, hold: mine });
    expect(await held).toMatchObject({ ok: true, hold: mine });
    const taken = client.act({ type: 'take_away', holdId: mine.id, reason: 'a camera' });
    socket.tell({ type: 'reply', id: socket.commands()[1]?.id, ok: true, seats: mine.seats });
    expect(await taken).toMatchObject({ ok: true, seats: mine.seats });
    expect(client.getSnapshot()).toMatchObject({ holds: [], bookings: [] });
  });

  it('are laid over the map also when the seat map comes after them', async () => {
    const made = liveStage();
    made.socket.tell(snapshot({ holds: [mine] }));
    expect([...made.client.getSnapshot().statuses]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    await withSeatMap(made);
    expect([...made.client.getSnapshot().statuses]).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('[CLIENT-6] become booked with the reply, the hold giving way to the booking', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    socket.tell({ type: 'own', holds: [mine], bookings: [] });
    const done = client.book(mine, { method: 'test' });
    const booking = { id: 'b', reference: 'ABCDEFGHJK', status: 'confirmed', seats: mine.seats, price: mine.price };
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: true, booking });
    expect(await done).toMatchObject({ ok: true, booking });
    expect(client.getSnapshot()).toMatchObject({ holds: [], bookings: [booking] });
    expect(client.statusOf('A-1')).toBe('booked');
  });

  it('shrink and go with releases', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    socket.tell({ type: 'own', holds: [mine], bookings: [] });
    const rest = { ...mine, seats: ['A-1'] };
    const partly = client.release(mine.id, ['A-2']);
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: true, seats: ['A-2'], hold: rest });
    expect(await partly).toMatchObject({ ok: true, seats: ['A-2'], hold: rest });
    expect(client.getSnapshot().holds).toEqual([rest]);
    const wholly = client.release(mine.id);
    socket.tell({ type: 'reply', id: socket.commands()[1]?.id, ok: true, seats: ['A-1'] });
    expect(await wholly).toMatchObject({ ok: true, seats: ['A-1'] });
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('end with hold_expired, told once, and never as the hold of somebody else', () => {
    const { client, socket } = liveStage();
    const ended: unknown[] = [];
    client.on('expire', (event) => ended.push(event));
    socket.tell({ type: 'own', holds: [mine], bookings: [] });
    const expired = { type: 'hold_expired', holdId: mine.id, seats: mine.seats };
    socket.tell(expired);
    socket.tell(expired);
    expect(ended).toEqual([{ holdId: mine.id, seats: mine.seats }]);
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('end by themselves a moment after their time, where nobody says so', async () => {
    const { around, client, socket } = liveStage();
    const ended: unknown[] = [];
    client.on('expire', ({ holdId }) => ended.push(holdId));
    socket.tell({ type: 'own', holds: [holdView({ expiresAt: SERVER_TIME + 5_000 })], bookings: [] });
    socket.drop();
    await around.pass(6_000);
    expect(ended).toEqual([]);
    await around.pass(600);
    expect(ended).toEqual([mine.id]);
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('that vanished during an absence expired if their time was over, and else were released elsewhere', () => {
    const { around, client, socket } = liveStage();
    const ended: unknown[] = [];
    client.on('expire', ({ holdId }) => ended.push(holdId));
    const other = holdView({ id: '22222222-2222-4222-8222-222222222222' });
    socket.tell({ type: 'own', holds: [{ ...mine, expiresAt: SERVER_TIME + 1_000 }, other], bookings: [] });
    around.time += 1_200;
    socket.tell(snapshot({ seq: 130 }));
    expect(ended).toEqual([mine.id]);
  });

  it('leave the state when a command hears that the hold is gone', async () => {
    const { client, socket } = liveStage();
    const ended: unknown[] = [];
    client.on('expire', ({ holdId }) => ended.push(holdId));
    socket.tell({ type: 'own', holds: [mine], bookings: [] });
    const result = client.extend(mine.id);
    const error = { code: 'hold_expired', message: '', retryable: false, outcome: 'not-applied' };
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: false, error });
    expect(await result).toEqual({ ok: false, error });
    expect(client.getSnapshot().holds).toEqual([]);
    expect(ended).toEqual([mine.id]);
  });
});
