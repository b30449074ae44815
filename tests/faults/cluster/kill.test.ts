import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rounds } from '../../length.js';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';
import { Crowd } from './crowd.js';
import { msToFirstHold } from './first-hold.js';

const ROUNDS = rounds(2, 20);
const SHOWTIMES = 6;
const BUYERS_EACH = 50;
/** More than the buyers can hold and book together: there is always one for the probe. */
const SEATS_EACH = 1_000;
/** As a node has it by default. */
const DETECTION_MS = 3_000;

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b', 'c'], {
    CLUSTER_DETECTION_MS: String(DETECTION_MS),
    CLUSTER_BEAT_MS: '100',
    // A minute of outcomes, and not a quarter of an hour of a rush that never ends, is loaded with each claim.
    REPLAY_WINDOW_MS: '60000',
  });
});

afterAll(() => stage?.close());

test(`an owner is killed ${ROUNDS} times under ${SHOWTIMES * BUYERS_EACH} buyers: nothing acknowledged is lost, and others take over in time`, async () => {
  const crowd = await Crowd.gather(stage, { showtimes: SHOWTIMES, buyersEach: BUYERS_EACH, seatsEach: SEATS_EACH });
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    crowd.start();
    await sleep(300);
    const { showtimeId } = crowd.sales[round % SHOWTIMES] ?? { showtimeId: '' };
    const victim = await stage.ownerOf(showtimeId);
    const orphans = [];
    for (const sale of crowd.sales) if ((await stage.ownerOf(sale.showtimeId)) === victim) orphans.push(sale);
    const survivors = [...stage.nodes].filter(([name]) => name !== victim).map(([, { url }]) => url);
    const killed = stage.kill(victim);
    const probes = orphans.map((sale, i) => msToFirstHold(survivors[i % survivors.length] ?? '', sale.showtimeId));
    await killed;
    for (const ms of await Promise.all(probes)) ratios.push(ms / DETECTION_MS);
    await stage.start(victim);
    await crowd.pause();
    await crowd.expectUnharmed(`round ${round}, ${victim} killed`);
  }
  ratios.sort((a, b) => a - b);
  const [median, worst] = [ratios[Math.floor(ratios.length / 2)] ?? Number.NaN, ratios.at(-1) ?? Number.NaN];
  process.stdout.write(
    `Kill to first hold over detection time: median ${median.toFixed(2)}, worst ${worst.toFixed(2)}, of ${ratios.length}.\n`,
  );
  expect(worst).toBeLessThanOrEqual(1.5);
  // A test in which little happened proves little.
  expect(crowd.total(({ acknowledged }) => acknowledged)).toBeGreaterThan(ROUNDS * 300);
  expect(crowd.total(({ refused }) => refused)).toBeGreaterThan(0);
  crowd.leave();
}, 400_000);
