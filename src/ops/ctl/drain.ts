import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeTimers } from '../../adapters/node-timers.js';
import { RedisNodeLink } from '../../adapters/redis/redis-node-link.js';
import { NodeCalls } from '../../runtime/relay/node-calls.js';
import { sentenceOf } from '../misuse.js';
import { silentLog } from '../plain-log.js';
import { type ClusterView, memberNamed } from './cluster-view.js';
import type { Report } from './report.js';

/** The count of showtimes that a node beats with is up to so old, and a beat older: one that says none is not believed. */
const COUNT_AGE_MS_MAX = 1_000;

/** Tells a node to give its showtimes away, and waits until the roll says that it has none. */
export async function drain(view: ClusterView, name: string, waitMs: number): Promise<Report> {
  const seen = await view.observe();
  const { member, state } = memberNamed(name, seen);
  if (state === 'dead') throw new Error(`${name} is dead: another takes each of its showtimes when it is asked for.`);
  const heirs = seen.members.filter((other) => other.state === 'live' && other.member.name !== name);
  if (heirs.length === 0) throw new Error(`${name} cannot be drained: no other node is there to take its showtimes.`);
  const { redisUrl: url, clusterName: prefix } = view.address;
  const link = new RedisNodeLink({ url, prefix, log: silentLog });
  // It only casts, and hears nothing: an id that nobody else has is all it takes.
  const calls = new NodeCalls(`ctl-${randomUUID()}`, link, nodeTimers, silentLog);
  try {
    const left = await showtimesLeft(view, member.id, waitMs, () => calls.cast(member.id, 'drain', {}));
    return left === 0 ? done(name) : notDone(name, waitMs, left);
  } finally {
    link.close();
  }
}

/**
 * Waits until the member drains and has none left; for `waitMs` at the longest. Undefined where it was not even seen to
 * drain. @throws Error where the roll could never be read.
 */
async function showtimesLeft(
  view: ClusterView,
  memberId: string,
  waitMs: number,
  tell: () => void,
): Promise<number | undefined> {
  const { beatMs } = view.address;
  const giveUpAt = performance.now() + waitMs;
  let emptySince: number | undefined;
  let missingSince: number | undefined;
  let wasDraining = false;
  let left: number | undefined;
  let failure: unknown;
  while (performance.now() < giveUpAt) {
    const roll = await view.roll().catch((error: unknown) => {
      failure = error;
    });
    const now = performance.now();
    const self = roll?.members.find(({ member }) => member.id === memberId)?.member;
    // It was stopped meanwhile and took its leave, which it does only after it gave away what it could. A roll that was
    // emptied looks the same for a moment: of a member that is there it shows the next beat.
    if (roll && !self) {
      missingSince ??= now;
      if (wasDraining && now - missingSince > 2 * beatMs) return 0;
      await sleep(beatMs / 2);
      continue;
    }
    missingSince = undefined;
    wasDraining ||= self?.draining === true;
    // Again and again: messages between nodes may be lost, and to hear it twice does no harm.
    if (!self?.draining) tell();
    else {
      left = self.showtimes;
      emptySince = left === 0 ? (emptySince ?? now) : undefined;
      if (emptySince !== undefined && now - emptySince > COUNT_AGE_MS_MAX + beatMs) return 0;
    }
    await sleep(beatMs / 2);
  }
  if (left === undefined && failure !== undefined) throw new Error(`It was not drained. ${sentenceOf(failure)}`);
  // An empty count that was not yet old enough to be believed.
  return left === 0 ? undefined : left;
}

function done(node: string): Report {
  const lines = [`${node} is drained: it has no showtimes and takes none. To bring it back, restart it.`];
  return { ok: true, json: { node, drained: true, showtimes: 0 }, lines };
}

function notDone(node: string, waitMs: number, left: number | undefined): Report {
  const line =
    left === undefined
      ? `After ${waitMs / 1_000} s ${node} was not seen to have drained. Ask again, or give it more by --wait.`
      : `After ${waitMs / 1_000} s ${node} takes no showtimes, but still has ${left}. Ask again, or give it more by --wait.`;
  return { ok: false, json: { node, drained: false, showtimes: left }, lines: [line] };
}
