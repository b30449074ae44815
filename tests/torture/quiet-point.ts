import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../../src/ops/misuse.js';
import { CHECK_BOUNDS } from './checker/check-history.js';
import { compareWithPostgres, type Stored } from './checker/compare-with-postgres.js';
import type { ShowtimeLine } from './checker/history.js';
import type { Crowd } from './clients/crowd.js';
import type { Recorder } from './clients/recorder.js';
import { readLosses, readStored } from './stage/read-postgres.js';
import type { Stage } from './stage/stage.js';

/** The SDK itself gives up after two minutes. */
const ANSWERS_MS_MAX = 140_000;
const AGREE_MS_MAX = 30_000;
const LOOKS_MAX = 3;
const LOOK_AGAIN_MS = 2_000;
const LETTERS = '.hbx';

interface SeatsView {
  readonly epoch: number;
  readonly seq: number;
  readonly seats: string;
}

export interface QuietFindings {
  /** What is not so, a sentence each. */
  readonly found: readonly string[];
  /** Undefined where nodes do not get ready: there is no quiet then. */
  readonly stored: Stored | undefined;
}

/**
 * Nobody buys and nothing is broken: every node, every watcher and every SDK client must come to see one house, and
 * Postgres must hold what was told.
 */
export async function quietPoint(stage: Stage, crowd: Crowd, recorder: Recorder): Promise<QuietFindings> {
  const late = await crowd.pause(ANSWERS_MS_MAX);
  const faults = late.map((name) => `${name} still waits for what its command came to, ${ANSWERS_MS_MAX} ms later`);
  const notReady = await stage.ready().then(() => undefined, sentenceOf);
  if (notReady !== undefined) return { found: [...faults, notReady], stored: undefined };
  for (const showtime of stage.showtimes) faults.push(...(await oneHouse(stage, crowd, recorder, showtime)));
  recorder.losses(await readLosses(stage.pool));
  const { found, stored } = await compareSettled(stage, recorder);
  return { found: [...faults, ...found], stored };
}

/** A hold may end in this very moment, and a copy of a command arrive that lay somewhere: looked at again, it must fit. */
async function compareSettled(stage: Stage, recorder: Recorder): Promise<QuietFindings> {
  for (let look = 1; ; look++) {
    const stored = await readStored(stage.pool, stage.showtimes);
    const found = compareWithPostgres(recorder.lines, stored, CHECK_BOUNDS.toleranceMs);
    if (found.length === 0 || look === LOOKS_MAX) return { found, stored };
    await sleep(LOOK_AGAIN_MS);
  }
}

async function oneHouse(
  stage: Stage,
  crowd: Crowd,
  recorder: Recorder,
  showtime: ShowtimeLine,
): Promise<readonly string[]> {
  const giveUpAt = performance.now() + AGREE_MS_MAX;
  for (;;) {
    const invoked = recorder.now();
    const reads = await Promise.all(stage.nodes.map(({ process }) => readSeats(process.url, showtime.id)));
    const watched = crowd.watchers.filter((watcher) => watcher.showtime === showtime.id).map(({ view }) => view);
    const sdk = crowd.sdkWays
      .filter((way) => way.showtime === showtime.id)
      .map(({ client }) => viewOf(client.getSnapshot()));
    const views = [
      ...reads.map((read) => (read ? `${read.epoch}.${read.seq} ${read.seats}` : 'no answer')),
      ...watched,
      ...sdk,
    ];
    const [first] = reads;
    if (first && new Set(views).size === 1) {
      for (const [i, read] of reads.entries()) {
        const process = `house of ${stage.nodes[i]?.process.name}`;
        const { epoch, seq, seats: house } = read ?? first;
        recorder.read({ process, showtime: showtime.id, invoked, epoch, seq, house, strict: true });
      }
      return [];
    }
    if (performance.now() > giveUpAt)
      return [`${showtime.id}: not everyone sees one house:\n    ${views.join('\n    ')}`];
    await sleep(100);
  }
}

async function readSeats(url: string, showtime: string): Promise<SeatsView | undefined> {
  const answer = await fetch(`${url}/v1/showtimes/${showtime}/seats`, { signal: AbortSignal.timeout(3_000) }).catch(
    () => undefined,
  );
  return answer?.ok ? ((await answer.json()) as SeatsView) : undefined;
}

function viewOf({
  epoch,
  seq,
  statuses,
}: {
  epoch: number | undefined;
  seq: number | undefined;
  statuses: Uint8Array;
}): string {
  return `${epoch}.${seq} ${Array.from(statuses, (code) => LETTERS[code]).join('')}`;
}
