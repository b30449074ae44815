import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type Cluster, type Owner, openCluster, steady } from '../cluster/cluster.js';
import { firstHold } from '../cluster/first-hold.js';
import type { FailoverCrowd } from '../load/programs/failover-crowd.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { type Finding, spreadOf } from '../suite/finding.js';
import type { LoadCrew } from '../suite/load-crew.js';
import type { Stage } from '../suite/stage.js';

const NODES = ['a', 'b', 'c'];
const KILLS = 5;
/** As a node has it by default: CLUSTER_DETECTION_MS. */
const DETECTION_MS = 3_000;
const SHOWTIMES = 6;
const SEATS = 1_000;
/** More than a house keeps in memory, as after a long rush: whoever takes over has all to read that it can. */
const OUTCOMES_ON_RECORD = 60_000;
const HOLD_TTL_MS = 600_000;
const PEOPLE_EACH = 25;
const THINK_MS = 100;
const BUSY_MS = 1_000;

/**
 * A node is killed while people hold and release seats on all of its showtimes. No other node may move before it is known
 * to be dead, so what is measured is held against the time that takes by configuration: what comes on top is the beat in
 * which it is noticed, the claim with everything that the house was, and the way of the first hold through Postgres.
 */
export const failover: Benchmark = {
  name: 'failover',
  question: `kill -9 of one of ${NODES.length} nodes: time until a hold is granted on each of its busy showtimes`,
  async run(stage) {
    const cluster = await openCluster(stage, NODES);
    const { pool } = cluster.database;
    const showtimeIds: string[] = [];
    for (let i = 0; i < SHOWTIMES; i++) showtimeIds.push(await openSale(pool, SEATS, HOLD_TTL_MS));
    const crew = await busyCrowd(stage, cluster, showtimeIds);
    const all: Takeover[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      await steady(cluster, showtimeIds, BUSY_MS);
      const { granted } = await busyness(crew);
      if (granted === 0) throw new Error('Nobody was granted anything before the kill.');
      const victim = (await cluster.ownerOf(showtimeIds[kill % SHOWTIMES] ?? '')).node;
      const takeovers = await killAndWait(cluster, victim, showtimeIds);
      const words = takeovers.map(({ ms }) => `${Math.round(ms)} ms`).join(', ');
      stage.say(`kill ${kill} of ${KILLS}: first holds after ${words}`);
      all.push(...takeovers);
      await cluster.start(victim);
      await crew.ask('nodesAre', () => addresses(cluster));
    }
    await crew.ask('leave', () => undefined);
    return findings(all);
  },
};

interface Takeover {
  /** From the kill until a hold was granted. */
  readonly ms: number;
}

async function busyCrowd(
  stage: Stage,
  cluster: Cluster,
  showtimeIds: readonly string[],
): Promise<LoadCrew<FailoverCrowd>> {
  const crew = stage.crew<FailoverCrowd>('failover-crowd', 1);
  await crew.ask('nodesAre', () => addresses(cluster));
  const seats = rushHall(SEATS).seats.label;
  await crew.ask('gather', () => ({ showtimeIds, seats, peopleEach: PEOPLE_EACH, thinkMs: THINK_MS }));
  await sleep(BUSY_MS);
  for (const id of showtimeIds) await recordOutcomes(cluster.database.pool, id);
  await cluster.database.pool.query('ANALYZE usher.command_results');
  return crew;
}

/** What people did before: the outcomes of a flush that really was, over and over, under other ids. */
async function recordOutcomes(pool: Pool, showtimeId: string): Promise<void> {
  const { rows } = await pool.query<{ outcomes: number }>(
    `WITH one AS (SELECT * FROM usher.command_results WHERE showtime_id = $1 LIMIT 1),
          again AS (
            INSERT INTO usher.command_results (showtime_id, command_ids, results)
            SELECT showtime_id, (SELECT array_agg(gen_random_uuid()) FROM unnest(command_ids), generate_series(i, i)), results
              FROM one, generate_series(1, ceil($2::float8 / cardinality(command_ids))::integer) AS i
            RETURNING cardinality(command_ids) AS outcomes)
     SELECT coalesce(sum(outcomes), 0)::integer AS outcomes FROM again`,
    [showtimeId, OUTCOMES_ON_RECORD],
  );
  if ((rows[0]?.outcomes ?? 0) < OUTCOMES_ON_RECORD) throw new Error('Nothing was held that could be on record.');
}

async function killAndWait(cluster: Cluster, victim: string, showtimeIds: readonly string[]): Promise<Takeover[]> {
  const owners = new Map<string, Owner>();
  for (const id of showtimeIds) owners.set(id, await cluster.ownerOf(id));
  const orphans = showtimeIds.filter((id) => owners.get(id)?.node === victim);
  if (orphans.length === 0) throw new Error(`${victim} owned nothing when it was killed.`);
  const killedAt = performance.now();
  await cluster.kill(victim);
  const survivors = [...cluster.nodes.values()];
  const takeOver = async (showtimeId: string, i: number): Promise<Takeover> => {
    const survivor = survivors[i % survivors.length];
    if (!survivor) throw new Error('No node is left.');
    const { grantedAt, holdId, release } = await firstHold(survivor.url, showtimeId);
    await checkTaken(cluster, showtimeId, holdId, owners.get(showtimeId));
    await release();
    return { ms: grantedAt - killedAt };
  };
  return await Promise.all(orphans.map(takeOver));
}

/** The hold is on record, and its owner is another. */
async function checkTaken(cluster: Cluster, showtimeId: string, holdId: string, before?: Owner): Promise<void> {
  const { rows } = await cluster.database.pool.query(
    'SELECT 1 FROM usher.hold_seats WHERE showtime_id = $1 AND hold_id = $2',
    [showtimeId, holdId],
  );
  if (rows.length !== 1) throw new Error('The hold that was granted is not on record.');
  const { node, epoch } = await cluster.ownerOf(showtimeId);
  if (!before || node === before.node || epoch <= before.epoch) {
    throw new Error(`The showtime was not taken over: ${JSON.stringify({ before, after: { node, epoch } })}`);
  }
}

async function busyness(crew: LoadCrew<FailoverCrowd>) {
  const [told] = await crew.ask('count', () => undefined);
  if (!told) throw new Error('There is no crowd.');
  return told.answer;
}

function addresses(cluster: Cluster): { host: string; port: number }[] {
  return [...cluster.nodes.values()].map(({ url }) => ({ host: url.hostname, port: Number(url.port) }));
}

function findings(takeovers: readonly Takeover[]): Finding[] {
  const figure = spreadOf(takeovers.map(({ ms }) => ms));
  const ratio = spreadOf(takeovers.map(({ ms }) => ms / DETECTION_MS));
  const against = { what: 'ms of detection, by configuration', figure: spreadOf([DETECTION_MS]) };
  const goal = { atMost: 1.5 };
  const notes = [
    `${KILLS} kills, ${takeovers.length} showtimes taken over, each with ${OUTCOMES_ON_RECORD.toLocaleString('en')} or more outcomes of the last minutes on record`,
    `${SHOWTIMES * PEOPLE_EACH} people were holding and releasing seats meanwhile, and came back through the nodes that were left`,
  ];
  return [
    { what: 'first hold after a kill', unit: 'ms', figure, against, ratio, goal, notes },
    {
      what: 'first hold, the slowest of all',
      unit: 'ms',
      figure: spreadOf([figure.max]),
      against,
      ratio: spreadOf([ratio.max]),
      goal,
    },
  ];
}
