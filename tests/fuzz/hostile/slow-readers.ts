import { randomUUID } from 'node:crypto';
import type { SeatsView } from '../../../src/protocol/http.js';
import { RawPeer, upgradeRequest } from '../target/raw-peer.js';
import type { Target } from '../target/target.js';
import { messageBytes } from '../wire/frame-bytes.js';
import { fetchTwice } from './fetch-twice.js';
import type { Hostile } from './hostile.js';
import { Watchers } from './watchers.js';

const SEATS = 5_000;
/** What one message may name. */
const PIECE = 100;
/** What somebody who reads may be behind, on a machine that is busy with thousands of others. */
const BEHIND_MS_MAX = 5_000;
/** Of the server, for each who reads nothing: the bound at which they are left out of the stream, with room for more. */
const BYTES_A_SLOW_MAX = 512 * 1024;
const BYTES_BESIDES_MAX = 96 * 1024 * 1024;
/** What the kernel keeps for a socket that is not read, some megabytes, is to be exceeded; but not at any price. */
const ROUNDS = 70;
/** Less than the minute after which the server cuts who answers no ping, and who reads nothing answers none. */
const CHANGING_MS_MAX = { whole: 35_000, short: 6_000 };

/** One in ten reads nothing while a house changes: the others hear of every change in time, and memory stays bounded. */
export const slowReaders: Hostile = async (target, violations, scale) => {
  const watching = scale === 'whole' ? 2_000 : 100;
  const showtime = await target.openShowtime(SEATS);
  const quick = await Watchers.join(target.port, showtime, watching - watching / 10);
  const slow = await Watchers.join(target.port, showtime, watching / 10);
  const before = await target.memory();
  slow.pause();
  const token = await target.staffToken('staff of the slow');
  const stopAt = performance.now() + CHANGING_MS_MAX[scale];
  let rssMax = 0;
  let rounds = 0;
  for (; rounds < ROUNDS && performance.now() < stopAt; rounds++) {
    await changeAll(target, showtime, token, rounds % 2 === 0 ? 'blocks' : 'blocks/remove');
    rssMax = Math.max(rssMax, target.residentBytes());
  }
  const seq = await seqOf(target, showtime.id);
  const wrong = (text: string) => violations.add(`slow readers: ${text}`);
  const inTime = await quick.reach(seq, BEHIND_MS_MAX);
  if (inTime < quick.size) wrong(`${quick.size - inTime} of those who read were more than ${BEHIND_MS_MAX} ms behind`);
  if (quick.sum('gaps') > 0) wrong(`${quick.sum('gaps')} gaps among those who read`);
  if (quick.closes.total > 0) wrong(`those who read were closed: ${quick.closes}`);
  const growth = rssMax - before.rss;
  if (growth > slow.size * BYTES_A_SLOW_MAX + BYTES_BESIDES_MAX) wrong(`the server grew by ${growth} bytes`);
  // Now they read: one snapshot in place of what they missed, or they were sent away with the code for that.
  const earlier = slow.sum('snapshots');
  slow.resume();
  const back = await slow.reach(seq, 30_000);
  const sentAway = slow.closes.of(4202);
  if (back + sentAway < slow.size) wrong(`${slow.size - back - sentAway} of the slow never came back`);
  if (slow.closes.total > sentAway) wrong(`the slow were closed: ${slow.closes}`);
  const conflated = slow.sum('snapshots') - earlier;
  // A gap is told by a snapshot; any other is silence.
  if (slow.sum('gaps') > 0) wrong(`${slow.sum('gaps')} gaps among the slow`);
  quick.close();
  slow.close();
  const asking = await asksAndNeverReads(target, showtime.id);
  if (asking !== 4202) wrong(`who asks and never reads was closed with ${asking}`);
  return (
    `${quick.size} read ${quick.sum('deltas')} deltas of ${rounds} rounds; of ${slow.size} who read nothing ${conflated} were ` +
    `brought back by a snapshot, ${sentAway} sent away; at most ${Math.round(growth / 1e6)} MB more; who asks and never reads: ${asking}`
  );
};

interface Changed {
  readonly id: string;
  readonly labels: readonly string[];
}

/** Every seat of the house, piece by piece. */
async function changeAll({ server }: Target, { id, labels }: Changed, token: string, path: string): Promise<void> {
  const pieces: string[][] = [];
  for (let at = 0; at < labels.length; at += PIECE) pieces.push(labels.slice(at, at + PIECE));
  const answers = await Promise.all(
    pieces.map((seats) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'idempotency-key': randomUUID(),
        'content-type': 'application/json',
      };
      const url = `${server.url}/v1/showtimes/${id}/${path}`;
      // With the same key: a replay has no second effect.
      const answered = fetchTwice(url, { method: 'POST', headers, body: JSON.stringify({ seats }) });
      return answered.then(async (answer) => ({ status: answer.status, text: await answer.text() }));
    }),
  );
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new Error(`Staff could not change the house: ${refused.text}`);
}

async function seqOf({ server }: Target, showtimeId: string): Promise<number> {
  const answer = await fetchTwice(`${server.url}/v1/showtimes/${showtimeId}/seats`);
  return ((await answer.json()) as SeatsView).seq;
}

/** Asks what is answered at length, and reads nothing until it is too late. @returns the code that it was closed with. */
async function asksAndNeverReads(target: Target, showtimeId: string): Promise<number | undefined> {
  const peer = new RawPeer(target.port);
  peer.socket.write(upgradeRequest(target.port, showtimeId));
  await peer.until((received) => received.includes('\r\n\r\n'), 5_000);
  peer.socket.write(messageBytes(Buffer.from('{"type":"hello"}'), false));
  await peer.until((received) => received.includes('"snapshot"'), 5_000);
  peer.socket.pause();
  // Each label comes back with a reason: the answer is longer than the question.
  const seats = Array.from({ length: 100 }, (_, i) => String(i).padEnd(64, 'x'));
  for (let id = 0; id < 2_000; id++) {
    const asked = { type: 'hold', id, commandId: randomUUID(), seats };
    peer.socket.write(messageBytes(Buffer.from(JSON.stringify(asked)), false));
    if (id % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  peer.socket.resume();
  await peer.ended(20_000);
  return closeCodeAtEnd(peer.received);
}

/** Of a close frame that is the last of what came. */
function closeCodeAtEnd(received: Buffer): number | undefined {
  const at = received.lastIndexOf(0x88);
  return at >= 0 && at > received.length - 130 ? received.readUInt16BE(at + 2) : undefined;
}
