import { randomUUID } from 'node:crypto';
import { decodeServerFrame } from '../../src/protocol/decode.js';
import { SUBPROTOCOL_MSGPACK } from '../../src/protocol/version.js';
import { FrameReader } from '../load/frame-reader.js';
import { LiveClient } from '../load/live-client.js';
import type { ClosedLoop, LoopTarget } from '../load/programs/closed-loop.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { medianPercent } from '../suite/busyness.js';
import { ratioOfRounds, spreadOf } from '../suite/finding.js';
import { idleShare, type LoadCrew } from '../suite/load-crew.js';
import type { Served, Stage } from '../suite/stage.js';

const CONNECTIONS = 64;
const SEATS = 1_000;
const MESSAGES_A_CONNECTION = 50;
const WARM_UP_MS = 2_000;
const ROUND_MS = 2_000;
const ROUNDS = 5;
const HOLD_TTL_MS = 600_000;

/**
 * Everybody wants seats that somebody has. A refusal waits for no write, so this is the path from the wire through the
 * actor and back, beside the same client and frames against uWebSockets.js alone.
 */
export const contended: Benchmark = {
  name: 'contended',
  question: `hold attempts on seats that are held, ${CONNECTIONS} connections, each with one under way`,
  async run(stage) {
    const labels = rushHall(SEATS).seats.label;
    const ours = await contendedHouse(stage, labels);
    const echo = await stage.ceiling('echo');
    const messages = Array.from({ length: CONNECTIONS }, (_, i) => attempts(labels, i));
    const crews = { ours: stage.crew<ClosedLoop>('closed-loop', 1), echo: stage.crew<ClosedLoop>('closed-loop', 1) };
    await crews.ours.ask('connect', () => ({
      ...targetOf(ours.served, `/v1/showtimes/${ours.showtimeId}/live`),
      subprotocol: SUBPROTOCOL_MSGPACK,
      greeting: { text: '{"type":"hello"}', answers: 2 },
      messages,
    }));
    await crews.echo.ask('connect', () => ({ ...targetOf(echo, '/'), messages }));
    stage.say('warming up');
    await measure(crews.ours, ours.served, WARM_UP_MS);
    await measure(crews.echo, echo, WARM_UP_MS);
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const usher = await measure(crews.ours, ours.served, ROUND_MS);
      for (const sample of usher.samples) checkRefused(sample);
      rounds.push({ usher, echo: await measure(crews.echo, echo, ROUND_MS) });
    }
    return findings(rounds);
  },
};

interface Measured {
  readonly perSecond: number;
  /** By a second of the server's processor time: what it could do with a core to itself, were the load no bound. */
  readonly perCoreSecond: number;
  readonly loadIdle: number;
  readonly serverBusy: number;
  readonly samples: readonly Uint8Array[];
}

async function measure(crew: LoadCrew<ClosedLoop>, { program }: Served, ms: number): Promise<Measured> {
  const before = program.cpuMs();
  const told = await crew.ask('run', () => ms);
  const cpuMs = program.cpuMs() - before;
  const answers = told.reduce((sum, { answer }) => sum + answer.answers, 0);
  return {
    perSecond: (answers / ms) * 1_000,
    perCoreSecond: (answers / cpuMs) * 1_000,
    loadIdle: idleShare(told),
    serverBusy: cpuMs / ms,
    samples: told.flatMap(({ answer }) => answer.samples),
  };
}

function findings(rounds: readonly { readonly usher: Measured; readonly echo: Measured }[]) {
  const ours = (of: (measured: Measured) => number) => rounds.map(({ usher }) => of(usher));
  const raw = (of: (measured: Measured) => number) => rounds.map(({ echo }) => of(echo));
  const perSecond = ({ perSecond: value }: Measured) => value;
  const perCore = ({ perCoreSecond: value }: Measured) => value;
  const idle = ({ loadIdle }: Measured) => loadIdle;
  const busy = ({ serverBusy }: Measured) => serverBusy;
  return [
    {
      what: 'hold attempts',
      unit: 'a second',
      figure: spreadOf(ours(perSecond)),
      against: { what: 'raw uWS echo', figure: spreadOf(raw(perSecond)) },
      ratio: ratioOfRounds(ours(perSecond), raw(perSecond)),
      goal: { atLeast: 0.5 },
      notes: [
        `server busy ${medianPercent(ours(busy))}, load idle ${medianPercent(ours(idle))}; echo: busy ${medianPercent(raw(busy))}, load idle ${medianPercent(raw(idle))}`,
      ],
    },
    {
      what: 'hold attempts by processor',
      unit: 'a core second',
      figure: spreadOf(ours(perCore)),
      against: { what: 'raw uWS echo', figure: spreadOf(raw(perCore)) },
      ratio: ratioOfRounds(ours(perCore), raw(perCore)),
      goal: { atLeast: 0.5 },
    },
  ];
}

/** A showtime whose every seat is held by one guest. */
async function contendedHouse(stage: Stage, labels: readonly string[]) {
  const database = await stage.postgres();
  const env = { HOLDS_PER_HOLDER: '1000', SEATS_PER_HOLD: '100', HEARTBEAT_MS: String(HOLD_TTL_MS) };
  const served = await stage.usher(database, env);
  const showtimeId = await openSale(database.pool, labels.length, HOLD_TTL_MS);
  const target = { host: served.url.hostname, port: Number(served.url.port) };
  const nothing = () => {};
  const events = { lost: nothing, snapshot: nothing, delta: nothing, seatChanged: nothing, gap: nothing };
  const holder = new LiveClient({
    target,
    showtimeId,
    seats: labels.length,
    reader: new FrameReader(),
    events: { ...events, holdExpired: nothing, told: nothing },
  });
  await holder.open();
  for (let first = 0; first < labels.length; first += 100) {
    const seats = labels.slice(first, first + 100);
    const answer = await holder.command({ type: 'hold', commandId: randomUUID(), seats });
    if (!answer?.reply.ok) throw new Error(`The house could not be filled: ${JSON.stringify(answer?.reply)}`);
  }
  holder.close();
  return { served, showtimeId };
}

function attempts(labels: readonly string[], connection: number): string[] {
  return Array.from({ length: MESSAGES_A_CONNECTION }, (_, i) => {
    const seat = ((connection * MESSAGES_A_CONNECTION + i) * 2) % labels.length;
    const seats = labels.slice(seat, seat + 2);
    return JSON.stringify({ type: 'hold', id: i, commandId: randomUUID(), seats });
  });
}

function targetOf({ url }: Served, path: string): Omit<LoopTarget, 'messages'> {
  return { host: url.hostname, port: Number(url.port), path };
}

function checkRefused(sample: Uint8Array): void {
  const message = decodeServerFrame(sample);
  if (message.type === 'reply' && !message.ok && message.error.code === 'seats_unavailable') return;
  throw new Error(`An attempt was answered by ${JSON.stringify(message)}.`);
}
