import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';
import { Crowd } from './crowd.js';

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b', 'c']);
});

afterAll(() => stage?.close());

/** What a buyer hears because somebody was faster, or it asked for what it may not: no fault of the service. */
const REFUSALS = /seats_unavailable|none_available|seat_rule|too_many|unknown_seat/;

test('all nodes are restarted in turn under load: no command fails, and nobody comes back in step', async () => {
  const crowd = await Crowd.gather(stage, { showtimes: 6, buyersEach: 25, seatsEach: 600 });
  const backAt: number[] = [];
  for (const { client } of crowd.buyers) {
    client.subscribe(() => {
      const { state } = client.getSnapshot().connection;
      if (state === 'connected' && away.delete(client)) backAt.push(performance.now());
      else if (state === 'reconnecting') away.add(client);
    });
  }
  const away = new Set<object>();
  crowd.start();
  for (const name of stage.nodes.keys()) {
    await sleep(500);
    expect(await stage.kill(name, 'SIGTERM')).toBe(0);
    await stage.start(name);
  }
  await sleep(500);
  await crowd.pause();
  const failed = crowd.buyers.flatMap(({ history }) =>
    history.filter((line) => !/: ok$/.test(line) && !REFUSALS.test(line)),
  );
  expect(failed).toEqual([]);
  await crowd.expectUnharmed('after the restarts');
  expect(crowd.total(({ acknowledged }) => acknowledged)).toBeGreaterThan(500);
  // Jitter: of those who came back, only a part did so in the same 50 ms.
  const slots = new Map<number, number>();
  for (const at of backAt) slots.set(Math.floor(at / 50), (slots.get(Math.floor(at / 50)) ?? 0) + 1);
  const [busiest, all] = [Math.max(...slots.values()), backAt.length];
  process.stdout.write(`${all} reconnects, at most ${busiest} of them within 50 ms.\n`);
  expect(all).toBeGreaterThan(crowd.buyers.length);
  expect(busiest).toBeLessThan(crowd.buyers.length / 2);
  crowd.leave();
});
