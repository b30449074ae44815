import { setTimeout as sleep } from 'node:timers/promises';
import { floods } from './hostile/floods.js';
import { halfOpen } from './hostile/half-open.js';
import type { Hostile, Scale } from './hostile/hostile.js';
import { slowReaders } from './hostile/slow-readers.js';
import { slowloris } from './hostile/slowloris.js';
import { requestRun, runRequests } from './http/run-requests.js';
import { compareHouse } from './oracle/compare-house.js';
import { readDocumented } from './oracle/documented.js';
import { Tally } from './oracle/tally.js';
import { Probe } from './target/probe.js';
import { type Memory, Target } from './target/target.js';
import { Attack, type House, houseOf } from './wire/attack.js';
import { runFrames } from './wire/run-frames.js';
import { runRubbish } from './wire/run-rubbish.js';

export interface FuzzPlan {
  readonly frames: number;
  readonly requests: number;
  readonly sockets: number;
  readonly seed: number;
  readonly hostile: Scale | 'none';
  /** Memory is compared after the first fifth and at the end, each settled, which takes some seconds. */
  readonly memory: boolean;
  readonly say: (line: string) => void;
}

/** Enough to meet each other; more would mostly be busy hearing of what the others did. */
const ATTACKERS_A_HOUSE = 5;
const SEATS = 1_000;
const WARM_UP = 0.2;
/** Connections with rubbish below the messages, by frames. */
const RUBBISH_PER_FRAME = 1 / 200;
/** A page or two of what the allocator and the just-in-time compiler keep; and what each effect leaves for good, a booking with its outcome. */
const GROWTH_BYTES_MAX = 32 * 1024 * 1024;
const BYTES_AN_EFFECT = 600;
/** And each refusal of a house, of which up to 10,000 of a showtime are remembered. */
const BYTES_A_REFUSAL = 500;
const REFUSALS = [
  'hold_expired',
  'unknown_hold',
  'wrong_holder',
  'seats_unavailable',
  'seat_rule',
  'unknown_seat',
  'duplicate_seat',
  'not_in_hold',
  'too_many_seats',
  'too_many_holds',
  'too_many_extensions',
  'unknown_booking',
  'booking_cancelled',
  'unknown_category',
  'unknown_ticket_type',
  'unknown_zone',
  'none_available',
] as const;
/** The pool of Postgres may have grown by as many as it may have. */
const SOCKETS_LEFT_MAX = 10;
const PATIENCE_MS = 25_000;
/** A server that logs by the frame can be filled up by anybody. */
const LOG_LINES_MAX = 200;

const HOSTILES: Readonly<Record<string, Hostile>> = {
  'slow readers': slowReaders,
  slowloris,
  'half-open': halfOpen,
  floods,
};

/** The whole attack. @returns what went wrong, for people; empty: nothing. */
export async function fuzz(plan: FuzzPlan): Promise<string[]> {
  const { seed, say } = plan;
  const target = await Target.start();
  const attack = new Attack(seed, readDocumented());
  const { violations, counts } = attack;
  let exit: number | string = 'not asked to end';
  try {
    const houses: House[] = [];
    for (let i = 0; i < plan.sockets / ATTACKERS_A_HOUSE; i++) houses.push(houseOf(await target.openShowtime(SEATS)));
    const shop = houseOf(await target.openShowtime(SEATS));
    const [first = shop] = houses;
    const idleSockets = target.sockets();
    const probe = new Probe(first, target.port, violations);
    const { documented } = attack;
    const http = requestRun({ port: target.port, url: target.server.url, seed, house: shop, documented, violations });
    const kinds = new Tally();
    const spot = { port: target.port, showtimeId: shop.id, seed, kinds, violations };
    await probe.start();

    let sendingMs = 0;
    const part = async (from: number, to: number) => {
      const startedAt = performance.now();
      attack.upTo(Math.round(plan.frames * to));
      await runFrames(attack, target, houses, plan.sockets);
      sendingMs += performance.now() - startedAt;
      say(`${attack.sent} frames sent, ${Math.round(attack.sent / (sendingMs / 1e3))} a second`);
      await runRequests(http, Math.round(plan.requests * from), Math.round(plan.requests * to));
      await runRubbish(spot, Math.ceil(plan.frames * (to - from) * RUBBISH_PER_FRAME));
    };
    const effects = () => [...houses, shop].reduce((sum, { told }) => sum + told.effects, 0);
    const kept = () => ({
      effects: effects(),
      refusals: REFUSALS.reduce((sum, code) => sum + attack.counts.answers.of(code), 0),
    });

    await part(0, WARM_UP);
    const warm = plan.memory ? { ...(await target.settledMemory()), ...kept() } : undefined;
    await part(WARM_UP, 1);
    await probe.stop();
    for (const house of [...houses, shop]) {
      const faults = await compareHouse(target.pool, target.server.url, house.id, house.labels, house.told);
      for (const fault of faults) violations.add(fault);
    }
    if (warm) compareMemory(warm, { ...(await target.settledMemory()), ...kept() }, attack, say);
    const left = await socketsLeft(() => target.sockets() - idleSockets);
    if (left > SOCKETS_LEFT_MAX) violations.add(`${left} sockets of the server are left, though every client has gone`);

    say(`frames by kind: ${counts.frames}`);
    say(`frames by phase: ${counts.phases}`);
    say(`answers: ${counts.answers}`);
    say(`closes: ${counts.closes}`);
    say(`messages of the server: ${counts.messages}`);
    say(`below the messages: ${kinds}`);
    say(`requests by kind: ${http.kinds}`);
    say(`requests by status: ${http.statuses}`);
    say(
      `probe: ${probe.latencies.length} commands, the slowest ${Math.round(probe.slowestMs)} ms; ${effects()} effects in all`,
    );

    if (plan.hostile !== 'none') await runHostile(target, plan.hostile, attack, say);
    const log = target.log();
    say(`log: ${log.lines} lines, ${log.bytes} bytes`);
    if (log.lines > LOG_LINES_MAX) violations.add(`the log has ${log.lines} lines`);
    for (const fault of log.faults.slice(0, 5)) violations.add(`the log tells of a fault: ${fault.slice(0, 500)}`);
    if (!target.alive) violations.add('the server is no more');
  } finally {
    exit = await target.stop();
  }
  if (exit !== 0) violations.add(`the server ended with ${exit}`);
  return violations.lines();
}

/** Memory, and how much of what stays in it was done by then. */
type Filled = Memory & { readonly effects: number; readonly refusals: number };

function compareMemory(warm: Filled, end: Filled, { violations }: Attack, say: (line: string) => void): void {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const [effects, refusals] = [end.effects - warm.effects, end.refusals - warm.refusals];
  const lasting = effects * BYTES_AN_EFFECT + refusals * BYTES_A_REFUSAL;
  const show = ({ rss, heapUsed, external }: Memory) =>
    `${mb(rss)} resident, heap ${mb(heapUsed)}, external ${mb(external)}`;
  say(
    `memory after the warm-up: ${show(warm)}; at the end: ${show(end)}; for ${effects} effects and ${refusals} refusals in between`,
  );
  const heap = end.heapUsed - warm.heapUsed;
  if (heap > GROWTH_BYTES_MAX + lasting) violations.add(`the heap grew by ${mb(heap)}`);
  if (end.external - warm.external > GROWTH_BYTES_MAX)
    violations.add(`memory outside of the heap grew by ${mb(end.external - warm.external)}`);
  // The allocator gives back what it likes, so this is only a net below the other two.
  if (end.rss - warm.rss > 4 * GROWTH_BYTES_MAX + lasting)
    violations.add(`resident memory grew by ${mb(end.rss - warm.rss)}`);
}

/** All at once but the floods: a minute of one is a minute of all, and each must bear the others. */
async function runHostile(
  target: Target,
  scale: Scale,
  { violations }: Attack,
  say: (line: string) => void,
): Promise<void> {
  const beside = ['slowloris', 'half-open'];
  const one = async (name: string) => say(`${name}: ${await HOSTILES[name]?.(target, violations, scale)}`);
  await Promise.all(beside.map(one));
  for (const name of Object.keys(HOSTILES)) if (!beside.includes(name)) await one(name);
}

/** Who is gone without a word is cut when the server's patience is at its end, some fifteen seconds later. */
async function socketsLeft(count: () => number): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  while (count() > SOCKETS_LEFT_MAX && performance.now() < until) await sleep(250);
  return count();
}
