import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresMembership } from '../../adapters/postgres/postgres-membership.js';
import { Primary } from '../../adapters/postgres/primary.js';
import { RedisMembership } from '../../adapters/redis/redis-membership.js';
import { findOwner, type ShowtimeOwner } from '../listed-showtimes.js';
import { Misuse } from '../misuse.js';
import { silentLog } from '../plain-log.js';
import { type ClusterView, memberNamed } from './cluster-view.js';
import type { Report } from './report.js';

const CONNECT_MS_MAX = 2_000;
const PIN_MS_MAX = 5_000;

/**
 * Pins a showtime to a node. Who runs it gives it away with one of its next beats; one that nobody runs is claimed when
 * somebody asks for it, and from outside the two look alike: after `waitMs` it is taken for the latter.
 */
export async function move(view: ClusterView, showtimeId: string, name: string, waitMs: number): Promise<Report> {
  const seen = await view.observe();
  const { state } = memberNamed(name, seen);
  const before = await ownerOf(view, showtimeId);
  if (state !== 'live') throw new Error(`${name} is ${state} and takes no showtimes.`);
  await pinned(view, showtimeId, name);
  const isRunning = seen.members.some(({ member, state: its }) => member.name === before?.node && its !== 'dead');
  const giveUpAt = performance.now() + (isRunning ? waitMs : 0);
  let owner = before;
  while (owner?.node !== name && performance.now() < giveUpAt) {
    await sleep(view.address.beatMs / 2);
    owner = await ownerOf(view, showtimeId);
  }
  const moved = owner?.node === name;
  const where = owner === undefined ? 'Nobody owns it yet' : `${owner.node} had it last`;
  const line = moved
    ? `${showtimeId} lives on ${name} (epoch ${owner?.epoch}) and is pinned to it.`
    : `${showtimeId} is pinned to ${name}. ${where}, and it does not seem to run: it moves when it is next opened.`;
  return { ok: true, json: { showtimeId, node: name, pinned: true, moved, owner }, lines: [line] };
}

export async function unpin(view: ClusterView, showtimeId: string): Promise<Report> {
  const pinnedTo = (await view.roll()).pins.get(showtimeId);
  await pinned(view, showtimeId, undefined);
  const line =
    pinnedTo === undefined
      ? `${showtimeId} was not pinned.`
      : `${showtimeId} was pinned to ${pinnedTo}. From now on it lives where the hash says.`;
  return { ok: true, json: { showtimeId, wasPinnedTo: pinnedTo }, lines: [line] };
}

async function ownerOf(view: ClusterView, showtimeId: string): Promise<ShowtimeOwner | undefined> {
  const found = await view.ask((pool) => findOwner(pool, showtimeId));
  if (!found) throw new Misuse(`There is no showtime ${showtimeId}.`);
  return found.owner;
}

/** In Postgres, which has the pins, and in Redis, where the copy has the nodes look at once. */
async function pinned(view: ClusterView, showtimeId: string, node: string | undefined): Promise<void> {
  const { redisUrl: url, databaseUrl, clusterName: cluster, detectionMs: silentMsMax } = view.address;
  if (databaseUrl === undefined) throw new Misuse('This needs Postgres: set DATABASE_URL as well.');
  const primary = new Primary(databaseUrl);
  const sure = new PostgresMembership({ primary, cluster, silentMsMax, answerMsMax: PIN_MS_MAX, log: silentLog });
  const copy = new RedisMembership({ url, prefix: cluster, log: silentLog });
  try {
    await sure.pin(showtimeId, node);
    // Without it the nodes look within a third of the detection time.
    if (await copy.isConnected(CONNECT_MS_MAX)) await copy.pin(showtimeId, node).catch(() => {});
  } finally {
    copy.close();
    await sure.close();
  }
}
