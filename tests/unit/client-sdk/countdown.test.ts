import { describe, expect, it } from 'vitest';
import type { TimeLeft } from '../../../client-sdk/src/index.js';
import { flush, holdView, liveStage, SERVER_TIME, snapshot } from './fake-surroundings.js';

/** A client that holds a seat for so long, and all that its countdown said. */
function counting(heldMs: number) {
  const made = liveStage();
  const said: (TimeLeft | undefined)[] = [];
  const stop = made.client.countdown((left) => said.push(left));
  const hold = holdView({ expiresAt: SERVER_TIME + heldMs });
  made.socket.tell(snapshot({ holds: [hold] }));
  return { ...made, said, stop, hold };
}
const seconds = (said: readonly (TimeLeft | undefined)[]) =>
  said.map((left) => left && Math.ceil(left.remainingMs / 1000));

describe('the countdown', () => {
  it('says nothing without a hold, then every second, and undefined when it is over', async () => {
    const { around, said } = counting(4_000);
    expect(seconds(said)).toEqual([3]);
    await around.pass(6_000);
    expect(seconds(said)).toEqual([3, 2, 1, 0, undefined]);
  });

  it('warns once at each threshold', async () => {
    const { around, said } = counting(63_000);
    await around.pass(40_000);
    expect(said.flatMap((left) => left?.warnAtMs ?? [])).toEqual([60_000, 30_000]);
  });

  it('follows messages and the return to the page where timers do not ring', async () => {
    const { around, socket, said } = counting(300_000);
    // What a browser does to a page in the background: time goes on, and no timer rings.
    around.time += 100_000;
    socket.tell({ type: 'heartbeat', epoch: 3, seq: 120, serverTime: SERVER_TIME + around.time });
    expect(seconds(said).at(-1)).toBe(199);
    around.time += 150_000;
    around.wake('visible');
    expect(said.at(-1)).toEqual({ holdId: expect.any(String), remainingMs: 49_000, warnAtMs: 60_000 });
  });

  it('and a hold that is over is told as soon as anything comes', async () => {
    const { around, client, socket } = counting(10_000);
    const expired: string[] = [];
    client.on('expire', ({ holdId }) => expired.push(holdId));
    around.time += 12_000;
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [] });
    expect(expired).toHaveLength(1);
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('ends when told to, and with the client has no timer left', async () => {
    const { around, client, said, stop } = counting(100_000);
    stop();
    client.close();
    await around.pass(10_000);
    expect(seconds(said)).toEqual([99]);
    expect(around.timers).toBe(0);
  });

  it('harms nobody where its listener throws', async () => {
    const { around, client, hold, socket } = counting(100_000);
    const stop = client.countdown(() => {
      throw new Error('mine');
    });
    await flush();
    expect(around.reported).toEqual([new Error('mine')]);
    socket.tell({ type: 'own', holds: [{ ...hold, id: '22222222-2222-4222-8222-222222222222' }], bookings: [] });
    expect(client.getSnapshot().holds).toHaveLength(1);
    stop();
  });
});
