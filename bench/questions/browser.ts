import type { Browser } from 'playwright-core';
import { launchChromium } from '../browser/chromium.js';
import { type Frames, percentile, traceFrames } from '../browser/frame-trace.js';
import { wander, zoom } from '../browser/gestures.js';
import { giveWay } from '../browser/give-way.js';
import { MapWindow } from '../browser/map-window.js';
import { checkAllPainted, checkFollowed, checkStatusColours } from '../browser/picture-checks.js';
import { stadium } from '../browser/stadium.js';
import { openStadiumSale } from '../browser/stadium-sale.js';
import type { Changed, SeatChanges } from '../load/programs/seat-changes.js';
import type { Benchmark } from '../suite/benchmark.js';
import { takeAllCores } from '../suite/cores.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { LoadCrew } from '../suite/load-crew.js';
import type { Stage } from '../suite/stage.js';

const SEATS = 50_000;
/** Few enough for the server to send each change at once, not gathered as for a crowd: more work for who watches. */
const PEOPLE = 32;
const CHANGES_PER_SECOND = 1_000;
/** Before anything is measured, so that a few thousand seats are held and every round sees holds and releases. */
const FILL_MS = 3_000;
const CHANGING_MS = 2_000;
/** Of the changes that were asked for a second, at least so many must have come about. */
const KEPT_UP_SHARE = 0.8;
/** The goal's: one picture of sixty a second. */
const FRAME_BUDGET_MS = 16;
const ROUNDS = 3;
/** As slow as a cheap phone, as Chromium's own tools have it. */
const SLOW = 4;

/**
 * The demo app as the built server serves it, in a real Chromium with a window of 1440 by 900, on a stadium of 50,000
 * seats; input goes the way of a mouse's, and seats change because people elsewhere hold and release them.
 *
 * What is called the work of a frame is all that the page's main thread did from one frame to the next, taken from
 * Chromium's trace: input handlers, messages, painting, style, layout and the rasterising of the canvas, which has no
 * graphics processor here. A headless Chromium draws at most sixty times a second, so the time between two pictures is
 * 16.7 ms however idle the page is; it says how even they came, and stands in the notes. Both are clock time. Server,
 * Postgres and load give way to the browser, but where processors are few it still waits for them and for its own other
 * processes; the notes say how much of the work was processor time.
 */
export const browser: Benchmark = {
  name: 'browser',
  question: `a map of ${SEATS.toLocaleString('en')} seats in Chromium: first paint, pan and zoom, ${CHANGES_PER_SECOND.toLocaleString('en')} changes a second`,
  async run(stage) {
    const house = await openHouse(stage);
    // It is the browser that is measured, and a browser is several processes.
    takeAllCores();
    const chromium = await launchChromium();
    stage.defer(() => chromium.close());
    stage.say('first paint');
    const paint = { full: [] as number[], slow: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      paint.full.push(await firstPaint(chromium, house, 1));
      paint.slow.push(await firstPaint(chromium, house, SLOW));
    }
    const { window } = await MapWindow.open(chromium, house.page, 1);
    const scenes = new Scenes(chromium, window, house);
    stage.say('people hold and release seats');
    await house.crew.ask('change', () => ({ changesPerSecond: CHANGES_PER_SECOND, ms: FILL_MS }));
    const full = await scenes.all(stage, ROUNDS);
    await window.throttle(SLOW);
    const slow = await scenes.all(stage, 1);
    await window.close();
    return [
      { what: 'first paint of the map', unit: 'ms', figure: spreadOf(paint.full) },
      { what: `first paint, processor ${SLOW} × slower`, unit: 'ms', figure: spreadOf(paint.slow) },
      ...NAMES.map((name) => frameFinding(name, full[name], { atMost: 1 })),
      ...NAMES.map((name) => frameFinding(`${name}, processor ${SLOW} × slower`, slow[name])),
    ];
  },
};

const NAMES = ['pan and zoom', 'changes, whole house in view', 'changes, seats in view'] as const;
type Measured = Record<(typeof NAMES)[number], Watched[]>;

interface Watched extends Frames {
  /** Messages that told of seats, a second. */
  readonly deltasPerSecond: number;
}

interface House {
  /** Of the seat page. */
  readonly page: string;
  readonly labels: readonly string[];
  readonly categories: readonly number[];
  readonly crew: LoadCrew<SeatChanges>;
}

async function openHouse(stage: Stage): Promise<House> {
  const database = await stage.postgres();
  const served = await stage.usher(database, { DEMO: 'true', DEMO_CROWD: 'false', HOLDS_PER_HOLDER: '1000' });
  const map = stadium(SEATS);
  const showtimeId = await openStadiumSale(database.pool, map);
  const labels = map.seats.label;
  const crew = stage.crew<SeatChanges>('seat-changes', 1);
  const { url } = served;
  const target = { host: url.hostname, port: Number(url.port) };
  await crew.ask('enter', () => ({ ...target, showtimeId, labels, people: PEOPLE }));
  await giveWay(served, database);
  return { page: new URL(`#/showtimes/${showtimeId}`, url).href, labels, categories: map.seats.category, crew };
}

async function firstPaint(chromium: Browser, { page, labels }: House, throttle: number): Promise<number> {
  const { window, paintedMs } = await MapWindow.open(chromium, page, throttle);
  await checkAllPainted(window, labels);
  await window.close();
  return paintedMs;
}

/** What is watched, again and again in one window. */
class Scenes {
  readonly #chromium: Browser;
  readonly #window: MapWindow;
  readonly #house: House;

  constructor(chromium: Browser, window: MapWindow, house: House) {
    this.#chromium = chromium;
    this.#window = window;
    this.#house = house;
  }

  async all(stage: Stage, rounds: number): Promise<Measured> {
    const window = this.#window;
    const house = this.#house;
    const measured: Measured = { 'pan and zoom': [], 'changes, whole house in view': [], 'changes, seats in view': [] };
    for (let round = 1; round <= rounds; round++) {
      stage.say(`round ${round} of ${rounds}`);
      const frames = await traceFrames(this.#chromium, window.page, () => wander(window));
      measured['pan and zoom'].push({ ...frames, deltasPerSecond: 0 });
      measured['changes, whole house in view'].push(await this.#changes());
      const { x, y, width, height } = await window.box();
      // Between the runs of far away and the numbers of near by.
      await zoom(window, { x: x + width * 0.45, y: y + height * 0.25 }, 'in', 500);
      measured['changes, seats in view'].push(await this.#changes());
      await checkStatusColours(window, house.labels, house.categories);
      await zoom(window, { x, y }, 'out', 1_000);
    }
    return measured;
  }

  async #changes(): Promise<Watched> {
    const window = this.#window;
    const house = this.#house;
    const before = await window.shown();
    const changed: Changed[] = [];
    const frames = await traceFrames(this.#chromium, window.page, async () => {
      const pace = { changesPerSecond: CHANGES_PER_SECOND, ms: CHANGING_MS };
      changed.push(...(await house.crew.ask('change', () => pace)).map(({ answer }) => answer));
    });
    const [load] = changed;
    const [standing] = await house.crew.ask('stand', () => undefined);
    if (!load || !standing) throw new Error('Nobody changed anything.');
    await checkFollowed(window, before.seq, load, standing.answer);
    const seconds = load.tookMs / 1_000;
    if (load.changes / seconds < CHANGES_PER_SECOND * KEPT_UP_SHARE) {
      throw new Error(`Only ${Math.round(load.changes / seconds)} seats changed a second.`);
    }
    return { ...frames, deltasPerSecond: load.deltas / seconds };
  }
}

/** The 95th percentile of each round's frames, against the budget of one. */
function frameFinding(what: string, rounds: readonly Watched[], goal?: { readonly atMost: number }): Finding {
  const work = rounds.map(({ workMs }) => percentile(workMs, 0.95));
  const budget = rounds.map(() => FRAME_BUDGET_MS);
  const all = (of: (frames: Frames) => readonly number[]) => {
    const values = rounds.flatMap(of);
    const at = (share: number) => percentile(values, share).toFixed(1);
    return `p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms`;
  };
  const deltas = spreadOf(rounds.map(({ deltasPerSecond }) => deltasPerSecond)).median;
  return {
    what: `${what}: work of a frame, p95`,
    unit: 'ms',
    figure: spreadOf(work),
    against: { what: 'budget of a frame', figure: spreadOf(budget) },
    ratio: ratioOfRounds(work, budget),
    ...(goal ? { goal } : {}),
    notes: [
      `${rounds.reduce((sum, { workMs }) => sum + workMs.length, 0)} frames, software raster included: ${all(({ workMs }) => workMs)}`,
      `of which processor time: ${all(({ cpuMs }) => cpuMs)}; between two pictures: ${all(({ intervalMs }) => intervalMs)}`,
      ...(deltas > 0 ? [`${Math.round(deltas)} deltas a second with ${CHANGES_PER_SECOND} changes in them`] : []),
    ],
  };
}
