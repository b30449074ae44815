import { describe, expect, it } from 'vitest';
import { holdView, liveStage, SERVER_TIME, stage } from './fake-surroundings.js';

const pings = (socket: ReturnType<typeof liveStage>['socket']) => socket.said.filter(({ type }) => type === 'ping');

describe("the server's clock", () => {
  it('is the local one before the first welcome, then runs on the monotonic clock', async () => {
    const { around, client } = stage();
    expect(client.serverNow()).toBe(around.wallTime());
    const live = liveStage();
    live.around.wallTime = () => 0;
    await live.around.pass(1_234);
    expect(live.client.serverNow()).toBe(SERVER_TIME + 1_234);
  });

  it('takes the offset of the shortest round trip', async () => {
    const { around, client, socket } = liveStage();
    const answer = async (rttMs: number, serverTime: number): Promise<void> => {
      const ping = pings(socket).at(-1);
      await around.pass(rttMs);
      socket.tell({ type: 'reply', id: ping?.id, ok: true, serverTime });
    };
    // Sent at 0, answered at 200 with a time that is then taken to be 100 ms old.
    await answer(200, SERVER_TIME + 1_000);
    expect(client.serverNow()).toBe(SERVER_TIME + 1_100);
    await around.pass(200);
    await answer(20, SERVER_TIME + 2_000);
    const precise = client.serverNow();
    expect(precise).toBe(SERVER_TIME + 2_010);
    await around.pass(380);
    await answer(300, SERVER_TIME + 9_000);
    expect(client.serverNow()).toBe(precise + 680);
  });

  it('is asked for a few times at first and every 30 s after, and not without a connection', async () => {
    const { around, socket } = liveStage();
    await around.pass(1_999);
    expect(pings(socket)).toHaveLength(4);
    await around.pass(20_000);
    socket.tell({ type: 'heartbeat', epoch: 3, seq: 120, serverTime: SERVER_TIME });
    await around.pass(9_202);
    expect(pings(socket)).toHaveLength(5);
    socket.drop();
    await around.pass(100_000);
    expect(pings(socket)).toHaveLength(5);
  });

  it('jumps ahead when it hears a time that is later than its own, as after a sleep', () => {
    const { client, socket } = liveStage();
    const beat = { type: 'heartbeat', epoch: 3, seq: 120 };
    socket.tell({ ...beat, serverTime: SERVER_TIME + 60_000 });
    expect(client.serverNow()).toBe(SERVER_TIME + 60_000);
    socket.tell({ ...beat, serverTime: SERVER_TIME + 10 });
    expect(client.serverNow()).toBe(SERVER_TIME + 60_000);
  });

  it('shows what a hold has left a second short, and never less than nothing', async () => {
    const { around, client, socket } = liveStage();
    const { id } = holdView();
    socket.tell({ type: 'own', holds: [holdView({ expiresAt: SERVER_TIME + 10_000 })], bookings: [] });
    expect(client.remainingMs(id)).toBe(9_000);
    await around.pass(9_500);
    expect(client.remainingMs(id)).toBe(0);
    expect(client.getSnapshot().holds).toHaveLength(1);
    expect(client.remainingMs('another')).toBe(0);
  });
});
