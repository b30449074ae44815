import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../bench/rush/random.js';
import type { Stage } from '../stage/stage.js';
import { Buyer, type Pace } from './buyer.js';
import { CrossWay } from './cross-way.js';
import { HouseWatcher, SeenHouses } from './house-watcher.js';
import { HttpWay } from './http-way.js';
import type { Recorder } from './recorder.js';
import { SdkWay } from './sdk-way.js';
import { TwinWay } from './twin-way.js';
import type { Way } from './way.js';

/** Everybody who looks at the showtimes or wants something of them. */
export class Crowd {
  readonly buyers: readonly Buyer[];
  readonly watchers: readonly HouseWatcher[];
  readonly seen: SeenHouses;
  readonly sdkWays: readonly SdkWay[];

  /** Of ten clients six use the SDK, two HTTP, and two send everything twice; each quiet house has one more to itself. */
  constructor(stage: Stage, recorder: Recorder, clients: number, seed: number, pace: Pace) {
    const { nodes } = stage;
    const [showtimes, quiet] = [
      stage.showtimes.filter((one) => !one.isQuiet),
      stage.showtimes.filter((one) => one.isQuiet),
    ];
    const urls = nodes.map(({ clientUrl }) => clientUrl);
    const urlAt = (i: number) => urls[i % urls.length] ?? '';
    this.seen = new SeenHouses(recorder);
    const sdkWays: SdkWay[] = [];
    const many = Array.from({ length: clients }, (_, i) => {
      const { id, labels } = showtimes[i % showtimes.length] ?? { id: '', labels: [] };
      const random = seededRandom(seed + 7_919 * (i + 1));
      // A whole round of ten for each showtime, so that every kind meets every other.
      const kind = Math.floor(i / showtimes.length) % 10;
      let way: Way;
      if (kind === 2 || kind === 6) way = new HttpWay(`http-${i}`, urls, id, recorder, random);
      else if (kind === 4 || kind === 8) way = new TwinWay(`twin-${i}`, [urlAt(i), urlAt(i + 1)], id, recorder);
      else {
        const sdk = new SdkWay(`sdk-${i}`, urlAt(i), id, recorder);
        sdkWays.push(sdk);
        way = sdk;
      }
      return new Buyer(way, labels, random, pace);
    });
    const alone = quiet.map(({ id, labels }, i) => {
      const random = seededRandom(seed + 104_729 * (i + 1));
      return new Buyer(new CrossWay(`cross-${i}`, urls, id, recorder, random), labels, random, pace);
    });
    this.buyers = [...many, ...alone];
    this.sdkWays = sdkWays;
    this.watchers = stage.showtimes.flatMap(({ id }) =>
      nodes.map(
        ({ process, clientUrl }) => new HouseWatcher(`watcher at ${process.name}`, clientUrl, id, this.seen, recorder),
      ),
    );
  }

  start(): void {
    for (const buyer of this.buyers) buyer.start();
  }

  /** Resolves with the names of those whose last command has come to nothing within the time. */
  async pause(msMax: number): Promise<readonly string[]> {
    const late = new Set(this.buyers);
    const all = Promise.all(this.buyers.map((buyer) => buyer.pause().then(() => late.delete(buyer))));
    const enough = new AbortController();
    await Promise.race([all, sleep(msMax, undefined, { signal: enough.signal }).catch(() => {})]);
    enough.abort();
    return [...late].map(({ way }) => way.name);
  }

  /** Resolves with the names of those who, within the time, had no command decided that they sent from now on. */
  async makesProgress(msMax: number, isOver: () => boolean): Promise<readonly string[]> {
    const since = performance.now();
    for (;;) {
      const stuck = this.buyers.filter(({ decidedAt }) => decidedAt < since);
      if (stuck.length === 0 || isOver()) return [];
      if (performance.now() - since > msMax) return stuck.map(({ way }) => way.name);
      await sleep(50);
    }
  }

  leave(): void {
    for (const buyer of this.buyers) buyer.leave();
    for (const watcher of this.watchers) watcher.close();
  }
}
