import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rounds } from '../../length.js';
import { committedSeats } from '../committed-seats.js';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';
import { Crowd } from './crowd.js';
import { msToFirstHold } from './first-hold.js';
import { type Heard, Watcher } from './watcher.js';

const ROUNDS = rounds(2, 20);

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b', 'c'], { CLUSTER_DETECTION_MS: '1200', CLUSTER_BEAT_MS: '150' });
});

afterAll(() => stage?.close());

test(`[FENCE-2] [FENCE-5] an owner is frozen past its lease ${ROUNDS} times, and wakes to find its showtimes sold on: it tells nothing untrue and serves again`, async () => {
  const urls = [...stage.nodes.values()].map(({ url }) => url);
  const crowd = await Crowd.gather(
    stage,
    { showtimes: 3, buyersEach: 20, seatsEach: 400 },
    (buyer) => urls[buyer % urls.length] ?? '',
  );
  for (let round = 1; round <= ROUNDS; round++) {
    const { showtimeId } = crowd.sales[round % crowd.sales.length] ?? { showtimeId: '' };
    const victim = await stage.steadyOwnerOf(showtimeId);
    const [zombieUrl, others] = [
      stage.nodes.get(victim)?.url ?? '',
      urls.filter((url) => url !== stage.nodes.get(victim)?.url),
    ];
    const watcher = await Watcher.open(zombieUrl, showtimeId);
    crowd.start();
    await sleep(200);
    stage.freeze(victim);
    // It lies in the socket of the frozen node until that wakes.
    watcher.send({ type: 'best_available', id: 1, commandId: crypto.randomUUID(), count: 1 });
    // All that it ever committed: until others find it dead, nobody else can write.
    await sleep(300);
    const truth = await committedSeats(stage.pool, showtimeId);
    await msToFirstHold(others[round % others.length] ?? '', showtimeId);
    await sleep(200);
    const before = watcher.heard.length;
    stage.thaw(victim);
    await watcher.closed;
    expect(untrue(watcher.heard.slice(before), truth), `round ${round}`).toEqual([]);
    await crowd.pause();
    await crowd.expectUnharmed(`round ${round}, ${victim} frozen`);
    // It is one of them again.
    await msToFirstHold(zombieUrl, showtimeId);
  }
  expect(crowd.total(({ acknowledged }) => acknowledged)).toBeGreaterThan(ROUNDS * 60);
  crowd.leave();
}, 400_000);

/**
 * What a node that woke up must not have said. A process may be stopped in the middle of a turn, and says the rest of it
 * when it wakes: that is late, and true if it was committed before. Anything newer is not.
 */
function untrue(heard: readonly Heard[], truth: ReadonlyMap<number, string>): readonly Heard[] {
  const statusOf = (seat: number) =>
    truth
      .get(seat)
      ?.replace(/^hold .*/, 'held')
      .replace(/^booking .*/, 'booked');
  return heard.filter((message) => {
    if (message.type === 'delta') {
      const changes = message['changes'] as readonly (readonly [number, string])[];
      return changes.some(([seat, status]) => status !== (statusOf(seat) ?? 'available'));
    }
    // The one command of this socket was sent to the frozen node.
    if (message.type === 'reply') return message['ok'] === true;
    return message.type === 'snapshot' || message.type === 'heartbeat' || message.type === 'own';
  });
}
