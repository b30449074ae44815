import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../bench/rush/random.js';
import { checkHistory } from './checker/check-history.js';
import { Crowd } from './clients/crowd.js';
import { Recorder } from './clients/recorder.js';
import { Nemesis } from './nemesis/nemesis.js';
import { quietPoint } from './quiet-point.js';
import { progressLine, type RunResult } from './report.js';
import { BackendCount } from './stage/backend-count.js';
import { Stage } from './stage/stage.js';
import { tallyOf } from './tally.js';
import type { TortureOptions } from './torture-options.js';

/** The longest of what must pass first: a socket's silence, a backoff, and a commit that got no answer. */
const PROGRESS_MS_MAX = 30_000;
const QUIET_EVERY_MS = 40_000;
const BETWEEN_MS_MAX = 1_500;
const THINK_MS_MAX = 300;
const CLIENTS_A_HOUSE = 15;
const SEATS_A_HOUSE = 40;
/** With one client each; so many that somebody's owner is among those that are broken. */
const QUIET_HOUSES = 3;
const SEATS_OF_A_QUIET_HOUSE = 8;
const LONG_TTL_MS = 60_000;
/** Of one house in four: holds that end in the middle of everything. */
const SHORT_TTL_MS = 3_000;

export interface TorturePlace {
  /** The built server, and the folder of the migrations. */
  readonly program: string;
  readonly sql: string;
  readonly historyFile: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

type Attack = Pick<RunResult, 'found' | 'quietPoints' | 'compared' | 'stored'>;

/** One run, from the first process to the verdict. Everything that it started has ended when it resolves or rejects. */
export async function torture(options: TortureOptions, place: TorturePlace): Promise<RunResult> {
  const { program, sql, historyFile, say, signal } = place;
  const crashes: string[] = [];
  say('Postgres, Redis and the nodes start');
  const stage = await Stage.open({
    nodes: options.nodes,
    standby: options.failover,
    program,
    sql,
    showtimes: housesOf(options),
    onCrash: (node, how) => void crashes.push(`${node} (${how})`),
  });
  const recorder = new Recorder(historyFile, options.seed, stage.showtimes);
  stage.witness = recorder;
  const backends = new BackendCount(stage.pool);
  let run: Attack;
  try {
    run = await attack(options, stage, recorder, say, signal);
  } finally {
    backends.stop();
    await recorder.close();
    await stage.close();
  }
  say('the history is judged');
  const startedAt = performance.now();
  const verdict = checkHistory(recorder.lines);
  const checkMs = Math.round(performance.now() - startedAt);
  const { lines } = recorder;
  return {
    ...run,
    lines,
    tally: tallyOf(lines),
    verdict,
    crashes,
    connectionsMax: backends.max,
    claimsMax: backends.claimsMax,
    checkMs,
    isInterrupted: signal.aborted,
  };
}

async function attack(
  options: TortureOptions,
  stage: Stage,
  recorder: Recorder,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Attack> {
  const { durationMs, seed, clients, faults } = options;
  const random = seededRandom(seed);
  const nemesis = new Nemesis(stage, recorder, faults, random);
  const crowd = new Crowd(stage, recorder, clients, seed, { thinkMsMax: THINK_MS_MAX });
  const found: string[] = [];
  const isOver = () => signal.aborted || found.length > 0;
  const startedAt = performance.now();
  let [quietPoints, quietAt] = [0, startedAt];
  let stored: RunResult['stored'];
  const beQuiet = async () => {
    const quiet = await quietPoint(stage, crowd, recorder);
    found.push(...quiet.found);
    stored = quiet.stored;
    quietPoints++;
    quietAt = performance.now();
    say(progressLine(tallyOf(recorder.lines), quietAt - startedAt));
  };
  try {
    crowd.start();
    await sleep(1_000);
    while (!isOver() && performance.now() - startedAt < durationMs) {
      await nemesis.strike();
      const stuck = await crowd.makesProgress(PROGRESS_MS_MAX, () => signal.aborted);
      if (stuck.length > 0) {
        found.push(`All is mended for ${PROGRESS_MS_MAX} ms, and these have come to a stop: ${stuck.join(', ')}.`);
      }
      if (!isOver() && performance.now() - quietAt > QUIET_EVERY_MS) {
        await beQuiet();
        crowd.start();
      }
      await sleep(random() * BETWEEN_MS_MAX);
    }
    if (!signal.aborted) await beQuiet();
  } finally {
    crowd.leave();
  }
  return { found, quietPoints, compared: crowd.seen.compared, stored };
}

function housesOf({ clients, nodes, failover }: TortureOptions) {
  const many = Array.from({ length: Math.max(1, Math.round(clients / CLIENTS_A_HOUSE)) }, (_, i) => ({
    seats: SEATS_A_HOUSE,
    holdTtlMs: i % 4 === 3 ? SHORT_TTL_MS : LONG_TTL_MS,
    isQuiet: false,
  }));
  const quiet = { seats: SEATS_OF_A_QUIET_HOUSE, holdTtlMs: LONG_TTL_MS, isQuiet: true };
  return failover && nodes > 1 ? [...many, ...Array.from({ length: QUIET_HOUSES }, () => quiet)] : many;
}
