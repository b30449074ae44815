import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../../src/adapters/memory/virtual-time.js';
import { Cadence } from '../../../../src/runtime/cluster/cadence.js';

let time: VirtualTime;
let starts: number[];
let running: number;
let mostRunning: number;
let takesMs: number;
let cadence: Cadence;

beforeEach(() => {
  time = new VirtualTime();
  [starts, running, mostRunning, takesMs] = [[], 0, 0, 1];
  cadence = new Cadence(
    10,
    time,
    () => time.now(),
    async () => {
      starts.push(time.now());
      mostRunning = Math.max(mostRunning, ++running);
      await new Promise<void>((resolve) => void time.after(takesMs, resolve));
      running--;
    },
  );
});

describe('a cadence', () => {
  it('counts its period from start to start', async () => {
    void cadence.atOnce();
    await time.advance(35);
    expect(starts).toEqual([0, 10, 20, 30]);
  });

  it('never runs twice at a time, and goes on at once after a call that took long', async () => {
    takesMs = 25;
    void cadence.atOnce();
    await time.advance(60);
    expect([starts, mostRunning]).toEqual([[0, 25, 50], 1]);
  });

  it('asked for at once while it runs, runs once more after that, for all who asked', async () => {
    takesMs = 4;
    void cadence.atOnce();
    await time.advance(2);
    const told: string[] = [];
    void cadence.atOnce().then(() => told.push(`a at ${time.now()}`));
    void cadence.atOnce().then(() => told.push(`b at ${time.now()}`));
    await time.advance(20);
    expect([starts, told, mostRunning]).toEqual([[0, 4, 14], ['a at 8', 'b at 8'], 1]);
  });

  it('asked for at once between two calls, runs then, and a period later again', async () => {
    void cadence.atOnce();
    await time.advance(6);
    void cadence.atOnce();
    await time.advance(12);
    expect(starts).toEqual([0, 6, 16]);
  });

  it('that was stopped ends when its last call has, and does not run again', async () => {
    void cadence.atOnce();
    await time.advance(10);
    void cadence.atOnce();
    let stopped = false;
    void cadence.stop().then(() => {
      stopped = true;
    });
    await time.advance(0);
    expect([running, stopped]).toEqual([1, false]);
    await time.advance(100);
    await cadence.atOnce();
    expect([running, stopped, starts]).toEqual([0, true, [0, 10]]);
  });
});
