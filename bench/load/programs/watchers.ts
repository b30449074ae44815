/** Very many who watch one house, and a few who keep it moving. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gather, type Watched } from '../audience.js';
import { type Moved, type Mover, openMover } from '../mover.js';
import { serveOrders } from '../serve-orders.js';
import type { Watching } from '../watcher-socket.js';

export interface Crowd {
  readonly watched: Watched;
  readonly people: number;
}

export interface Movers {
  readonly moved: Moved;
  readonly people: number;
}

/** Within the time that was asked for. */
export interface Delivered {
  /** Messages that arrived, of all watchers. */
  readonly messages: number;
  /** Of their payloads; 0 where the watchers do not count them. */
  readonly bytes: number;
  /** Seats that changed their status, each acknowledged to who changed it. */
  readonly changes: number;
}

/** Messages since it began to move: of the watcher who got the fewest, and of the one who got the most. */
export interface AtRest {
  readonly fewest: number;
  readonly most: number;
}

const AT_ONCE = 128;
const QUIET_MS = 300;
const QUIET_MS_MAX = 10_000;

let watchers: Watching[] = [];
let movers: Mover[] = [];
let before: readonly number[] = [];
let lines: readonly Promise<void>[] = [];
let moving = false;
let changes = 0;
let labelled = 0;

const orders = {
  async gather({ watched, people }: Crowd): Promise<void> {
    watchers = [...watchers, ...(await gather(watched, people, AT_ONCE)).watchers];
  },
  async bring({ moved, people }: Movers): Promise<void> {
    labelled = moved.labels.length;
    movers = await Promise.all(Array.from({ length: people }, () => openMover(moved)));
  },
  async move(): Promise<void> {
    before = watchers.map(({ messages }) => messages);
    moving = true;
    lines = movers.map(keepMoving);
  },
  async count(ms: number): Promise<Delivered> {
    const from = totals();
    const startedAt = performance.now();
    await sleep(ms);
    const to = totals();
    const scale = ms / (performance.now() - startedAt);
    return {
      messages: (to.messages - from.messages) * scale,
      bytes: (to.bytes - from.bytes) * scale,
      changes: (to.changes - from.changes) * scale,
    };
  },
  async rest(): Promise<AtRest> {
    moving = false;
    await Promise.all(lines);
    await untilQuiet();
    const had = watchers.map(({ messages }, i) => messages - (before[i] ?? 0));
    return { fewest: Math.min(...had), most: Math.max(...had) };
  },
  async leave(): Promise<void> {
    for (const one of watchers) one.cut();
    watchers = [];
    for (const mover of movers) mover.close();
    movers = [];
  },
};

/** Each has seats of its own, all over the house: nobody is refused. */
async function keepMoving(mover: Mover, i: number): Promise<void> {
  const stride = movers.length;
  for (let seat = i; moving; seat = seat + stride < labelled ? seat + stride : i) {
    const holdId = await mover.hold(seat);
    changes++;
    await mover.release(holdId);
    changes++;
  }
}

function totals(): Delivered {
  let messages = 0;
  let bytes = 0;
  for (const watcher of watchers) {
    messages += watcher.messages;
    bytes += watcher.bytes;
  }
  return { messages, bytes, changes };
}

async function untilQuiet(): Promise<void> {
  const giveUpAt = performance.now() + QUIET_MS_MAX;
  let last: number;
  do {
    if (performance.now() > giveUpAt) throw new Error('The house does not come to rest.');
    last = totals().messages;
    await sleep(QUIET_MS);
  } while (totals().messages !== last);
}

export type Watchers = typeof orders;
serveOrders(orders);
