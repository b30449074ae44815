import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { packStatuses } from '../../../src/protocol/seat-status.js';
import { admit, liveStage, SERVER_TIME, snapshot, stage, TERMS, welcome } from './fake-surroundings.js';

describe('the live map', () => {
  it('reads the packed snapshot of MessagePack as it reads the letters of JSON', () => {
    const packr = new Packr({ useRecords: false, variableMapSize: true });
    const { around, client } = stage();
    client.connect();
    around.socket.open();
    around.socket.tellRaw(Uint8Array.from(packr.pack(welcome())).buffer);
    const seats = packStatuses(Uint8Array.of(0, 1, 2, 3, 3, 2, 1, 0));
    around.socket.tellRaw(Uint8Array.from(packr.pack(snapshot({ seats }))).buffer);
    expect([...client.getSnapshot().statuses]).toEqual([0, 1, 2, 3, 3, 2, 1, 0]);
    expect(client.getSnapshot().counts).toEqual({ available: 2, held: 2, booked: 2, blocked: 2 });
  });

  it('follows deltas, tells painters the codes that changed, and leaves old states as they were', () => {
    const { client, socket } = liveStage();
    const changes: unknown[] = [];
    client.on('delta', (delta) => changes.push(delta.changes));
    const before = client.getSnapshot();
    socket.tell({
      type: 'delta',
      epoch: 3,
      seq: 121,
      changes: [
        [2, 'held'],
        [3, 'booked'],
        [5, 'available'],
      ],
    });
    expect(changes).toEqual([
      [
        [2, 1],
        [3, 2],
      ],
    ]);
    expect([...before.statuses]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const after = client.getSnapshot();
    expect([...after.statuses]).toEqual([0, 0, 1, 2, 0, 0, 0, 0]);
    expect(after).toMatchObject({ seq: 121, counts: { available: 6, held: 1, booked: 1, blocked: 0 } });
    expect(client.statusOf(3)).toBe('booked');
    expect(client.statusOf(8)).toBeUndefined();
  });

  it('gives the same state until something changes, and a new one to a listener that looks', () => {
    const { client, socket } = liveStage();
    const first = client.getSnapshot();
    expect(client.getSnapshot()).toBe(first);
    socket.tell({ type: 'heartbeat', epoch: 3, seq: 120, serverTime: SERVER_TIME });
    expect(client.getSnapshot()).toBe(first);
    let seen = 0;
    client.on('delta', () => {
      seen = client.getSnapshot().seq ?? 0;
    });
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[2, 'held']] });
    expect(seen).toBe(121);
    let state: string | undefined;
    client.on('connection', () => {
      state = client.getSnapshot().connection.state;
    });
    client.close();
    expect(state).toBe('closed');
  });

  it('copies the seats only when one of them changed', () => {
    const { client, socket } = liveStage();
    const { statuses } = client.getSnapshot();
    socket.drop();
    expect(client.getSnapshot().statuses).toBe(statuses);
  });

  it('[CLIENT-4] reads a status that it does not know as blocked', () => {
    const { client, socket } = liveStage();
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'haunted']] });
    expect(client.statusOf(0)).toBe('blocked');
  });

  it('[CLIENT-4] ignores message types and fields of later versions', () => {
    const { client, socket } = liveStage();
    socket.tell({ type: 'weather', temperature: 21 });
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'held']], colour: 'red' });
    expect(client.getSnapshot()).toMatchObject({ seq: 121, connection: { state: 'connected' } });
  });

  it('resumes where it was, and is live at once when recovered', async () => {
    const { around, client, socket } = liveStage();
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'held']] });
    socket.drop();
    expect(client.getSnapshot()).toMatchObject({ stale: true, seq: 121 });
    await around.pass(250);
    admit(around, { recovered: true });
    expect(around.socket.said[0]).toMatchObject({ resume: { epoch: 3, seq: 121 } });
    expect(client.getSnapshot().connection.state).toBe('connected');
    around.socket.tell({ type: 'delta', epoch: 3, seq: 122, changes: [[1, 'held']] });
    expect([...client.getSnapshot().statuses].slice(0, 2)).toEqual([1, 1]);
  });

  it.each([
    ['a gap', { epoch: 3, seq: 122 }],
    ['a repetition', { epoch: 3, seq: 120 }],
    ['another epoch', { epoch: 4, seq: 121 }],
  ])('[CLIENT-1] asks for a snapshot on another connection after %s', async (_, position) => {
    const { around, client, socket } = liveStage();
    socket.tell({ type: 'delta', ...position, changes: [[0, 'held']] });
    expect(client.getSnapshot()).toMatchObject({ stale: true, connection: { state: 'reconnecting' } });
    expect(client.statusOf(0)).toBe('available');
    expect(socket.closedByClient).toBe(true);
    await around.pass(250);
    around.socket.open();
    expect(around.socket.said[0]).not.toHaveProperty('resume');
  });

  it('takes a snapshot that comes in mid-stream, and goes on from there', () => {
    const { client, socket } = liveStage();
    const snapshots: unknown[] = [];
    client.on('snapshot', (at) => snapshots.push(at));
    socket.tell(snapshot({ seq: 150, seats: 'hhhhhhhh' }));
    socket.tell({ type: 'delta', epoch: 3, seq: 151, changes: [[0, 'available']] });
    expect(snapshots).toEqual([{ epoch: 3, seq: 150 }]);
    expect([...client.getSnapshot().statuses]).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('[CLIENT-2] ignores deltas between a welcome and its snapshot, which has them in it', async () => {
    const { around, client, socket } = liveStage();
    socket.drop();
    await around.pass(250);
    around.socket.open();
    around.socket.tell(welcome());
    around.socket.tell({ type: 'delta', epoch: 4, seq: 9, changes: [[0, 'held']] });
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
    around.socket.tell(snapshot({ epoch: 4, seq: 9, seats: 'h.......' }));
    expect(client.getSnapshot()).toMatchObject({ epoch: 4, seq: 9, connection: { state: 'connected' } });
  });

  it('[CLIENT-3] forgives one heartbeat that is ahead of its deltas, and starts over at the second', () => {
    const { client, socket } = liveStage();
    const beat = { type: 'heartbeat', epoch: 3, seq: 121, serverTime: SERVER_TIME };
    socket.tell(beat);
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [] });
    socket.tell({ ...beat, seq: 122 });
    expect(client.getSnapshot().connection.state).toBe('connected');
    socket.tell({ ...beat, seq: 122 });
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
  });

  it.each([
    ['text that is not JSON', '{'],
    ['bytes that are not MessagePack', Uint8Array.of(0xc1).buffer],
    ['a message without a type', '{"seq":1}'],
    ['a welcome to a resume that was not asked for', JSON.stringify(welcome({ recovered: true }))],
    ['a snapshot without its fields', '{"type":"snapshot"}'],
    ['own without its fields', '{"type":"own"}'],
  ])('starts over after %s', async (_, frame) => {
    const { around, client } = stage();
    client.connect();
    around.socket.open();
    around.socket.tellRaw(frame);
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
    await around.pass(250);
    admit(around);
    expect(client.getSnapshot().connection.state).toBe('connected');
  });
});

describe('terms', () => {
  it('[CLIENT-9] are those of welcome until the server tells of others, and then those', () => {
    const { client, socket } = liveStage();
    const { terms, limits } = client.getSnapshot();
    expect(terms).toEqual(TERMS);
    const newer = { ...TERMS, version: 2, salesOpen: false };
    socket.tell({ type: 'terms', terms: newer, limits: { ...limits, seatsPerHold: 2 } });
    const { terms: now, limits: changed } = client.getSnapshot();
    expect([now, changed?.seatsPerHold]).toEqual([newer, 2]);
  });
});

describe('a command that may change holds', () => {
  it('[CLIENT-9] makes the client busy until its outcome shows in the state, and no moment before', async () => {
    const { client, socket } = liveStage();
    const seen: [busy: boolean, holds: number][] = [];
    client.subscribe(() => {
      const { busy, holds } = client.getSnapshot();
      seen.push([busy, holds.length]);
    });
    const done = client.hold(['A-1']);
    expect(client.getSnapshot().busy).toBe(true);
    const price = { amount: 1200, currency: 'EUR' };
    const hold = { id: 'h', seats: ['A-1'], expiresAt: SERVER_TIME + 60_000, extensionsLeft: 1, price };
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: true, hold });
    await done;
    expect(client.getSnapshot()).toMatchObject({ busy: false, holds: [{ id: 'h' }] });
    expect(seen).not.toContainEqual([false, 0]);
    // A payment is not: what it pays for is what was shown.
    void client.book({ ...hold, id: '0b6ff3a5-7e0f-4b8e-9a55-0c0f6d9e4d11' }, { method: 'test' });
    expect(client.getSnapshot().busy).toBe(false);
  });
});
