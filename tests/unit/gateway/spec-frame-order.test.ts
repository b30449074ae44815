/** What a frame is told that is wrong in more than one way, and what a hello is that more than one thing speaks against. */
import { Packr } from 'msgpackr/pack';
import { expect, it } from 'vitest';
import { CommandIntake } from '../../../src/gateway/command-intake.js';
import { Channel } from '../../../src/gateway/live/channel.js';
import type { LiveContext } from '../../../src/gateway/live/live-context.js';
import { Newcomers } from '../../../src/gateway/live/newcomers.js';
import { Session } from '../../../src/gateway/live/session.js';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { wireError } from '../../../src/protocol/errors.js';
import type { Outcome, Recipient, Submission } from '../../../src/runtime/outcome.js';
import { LIVE_LIMITS } from './live-limits.js';

const SHOWTIME = '0190aaaa-0000-7000-8000-00000000abcd';
const ID = '0b6ff3a5-7e0f-4b8e-9a55-0c0f6d9e4d11';
const packr = new Packr({ useRecords: false });
const NOW = 1_760_000_012_345;
const FRAME_BYTES = 1_000;
const PER_SECOND = 5;

/** What may speak against a hello. */
interface Against {
  readonly tooManySockets?: boolean;
  readonly noNewSessions?: boolean;
  readonly badToken?: boolean;
  readonly elsewhere?: boolean;
  readonly reason?: 'unknown_showtime' | 'overloaded' | 'unavailable';
}

/** What the house says to every command. */
interface Answer {
  outcome: Outcome;
  isReplay: boolean;
}

function opened(against: Against = {}) {
  const told: string[] = [];
  const answer: Answer = { outcome: { ok: true, type: 'seats', seats: [] }, isReplay: false };
  const host = {
    showtimeId: SHOWTIME,
    epoch: 1,
    seq: 0,
    confirmed: true,
    terms: { mapHash: 'hash', map: { count: 4, data: { categories: [] } }, rules: {} },
    statuses: new Uint8Array(4),
    own: () => ({ holds: [], bookings: [] }),
    since: () => undefined,
    submit: ({ requestId }: Submission, recipient: Recipient) => {
      told.push('the house is asked');
      recipient.reply(requestId, answer.outcome, answer.isReplay);
    },
  };
  const identity = { holder: 'ann', role: 'guest', session: 'token', expiresAt: 1 };
  const isOn = (part: string) => part !== 'best_available' && !(part === 'new_sessions' && against.noNewSessions);
  const channel = new Channel(
    SHOWTIME,
    () => {},
    LIVE_LIMITS,
    () => {},
  );
  const context = {
    hosts: {
      betterUrl: () => (against.elsewhere ? 'https://b.tickets.example' : undefined),
      open: async () => (against.reason ? { ok: false, reason: against.reason } : { ok: true, host }),
    },
    channels: { of: () => channel },
    tokens: { guest: () => identity },
    authenticate: async () =>
      against.badToken
        ? { ok: false, error: wireError('unauthorized', 'The token is not valid here.') }
        : { ok: true, identity },
    rates: { consume: async () => (against.tooManySockets ? 500 : undefined) },
    intake: new CommandIntake({ uuid: () => ID, reference: () => 'R' }, isOn),
    isOn,
    newcomers: new Newcomers(5_000),
    clock: { now: () => NOW },
    limits: { messagesPerSecond: PER_SECOND, frameBytes: FRAME_BYTES },
  } as unknown as LiveContext;
  let isOpen = true;
  const socket = {
    cork: (work: () => void) => work(),
    getBufferedAmount: () => 0,
    subscribe: () => true,
    send: (frame: string) => isOpen && told.push(frame),
    end: (code: number) => {
      if (!isOpen) return;
      told.push(`closed with ${code}`);
      isOpen = false;
      // As uWebSockets.js does, before this returns.
      session.closed();
    },
  };
  const session = new Session(context, { showtimeId: SHOWTIME, encoding: 'json', address: '::1', wasMoved: false });
  session.opened(socket as never);
  const say = (frame: string | object) => {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    session.received(new TextEncoder().encode(text).buffer, false);
  };
  const sayPacked = (frame: object) => session.received(new Uint8Array(packr.pack(frame)).buffer, true);
  return { told, say, sayPacked, answer };
}

/** What each frame or close said, in a word. */
function words(told: readonly string[]): string[] {
  return told.map((frame) => {
    if (!frame.startsWith('{')) return frame;
    const { type, error, id } = JSON.parse(frame);
    return error ? `${error.code}${id === undefined ? '' : ` ${id}`}` : type;
  });
}

/** A socket that is live, or still being let in, and has had so many messages since. */
async function after(messages: number, phase: 'live' | 'joining' = 'live') {
  const { told, say } = opened();
  say({ type: 'hello' });
  if (phase === 'live') await expect.poll(() => told.length).toBe(2);
  // Before welcome the hello counts too.
  for (let i = phase === 'live' ? 0 : 1; i < messages; i++) say({ type: 'ping', id: 1 });
  told.length = 0;
  return { say, heard: () => words(told), told };
}

const BURST = 2 * PER_SECOND;
const FLOOD = BURST + 5 * PER_SECOND;
const large = 'x'.repeat(FRAME_BYTES + 1);
const hello = { type: 'hello' };
const badHello = { type: 'hello', colour: 'red' };
const block = { type: 'block', id: 7, commandId: ID, seats: ['A-1'] };
const best = { type: 'best_available', id: 7, commandId: ID, count: 1 };
const flooding = ['rate_limited', `closed with ${CLOSE.flooding}`];

it.each<[winner: string, over: string, messages: number, frame: string | object, heard: string[]]>([
  ['flooding', 'a frame that is too large', FLOOD, large, flooding],
  ['a frame that is too large', 'too many messages', BURST, large, ['frame_too_large', 'closed with 1009']],
  ['too many messages', 'what cannot be read', BURST, 'garbage', ['rate_limited']],
  ['too many messages', 'a field that is wrong', BURST, { ...block, seats: [] }, ['rate_limited 7']],
  ['too many messages', 'a second hello', BURST, hello, ['rate_limited']],
  ['a field that is wrong', 'a second hello', 0, badHello, ['invalid_field']],
  ['a second hello', 'nothing', 0, hello, ['bad_message', `closed with ${CLOSE.protocolError}`]],
  ['a field that is wrong', 'what only staff may', 0, { ...block, seats: [] }, ['invalid_field 7']],
  ['what only staff may', 'the house', 0, block, ['forbidden 7']],
  ['what is switched off', 'the house', 0, best, ['unavailable 7']],
  ['the house', 'nothing', 0, { type: 'extend', id: 7, commandId: ID, holdId: ID }, ['the house is asked', 'reply']],
])('[FRAME-ORDER] %s before %s', async (_winner, _over, messages, frame, heard) => {
  const socket = await after(messages);
  socket.say(frame);
  expect(socket.heard()).toEqual(heard);
});

it.each<[winner: string, over: string, frame: object, heard: string[]]>([
  ['a field that is wrong', 'not being welcome yet', { type: 'ping', id: 7, more: 1 }, ['invalid_field 7']],
  ['a second hello', 'not being welcome yet', hello, ['bad_message', `closed with ${CLOSE.protocolError}`]],
  ['not being welcome yet', 'a ping', { type: 'ping', id: 7 }, ['hello_expected 7']],
  ['not being welcome yet', 'what only staff may', block, ['hello_expected 7']],
])('[FRAME-ORDER] while a socket is let in: %s before %s', async (_winner, _over, frame, heard) => {
  const socket = await after(1, 'joining');
  socket.say(frame);
  expect(socket.heard()).toEqual(heard);
});

it('[TIME-3] welcome and the reply to a ping tell the time of the server’s clock', async () => {
  const { told, say } = opened();
  say(hello);
  await expect.poll(() => told.length).toBe(2);
  expect(JSON.parse(told[0] ?? '')).toMatchObject({ type: 'welcome', serverTime: NOW });
  say({ type: 'ping', id: 9 });
  expect(JSON.parse(told[2] ?? '')).toEqual({ type: 'reply', id: 9, ok: true, serverTime: NOW });
});

it('[PROTO-1] on a socket that was promised JSON, MessagePack is understood, and answered in JSON', async () => {
  const { told, sayPacked } = opened();
  sayPacked(hello);
  await expect.poll(() => told.length).toBe(2);
  sayPacked({ type: 'ping', id: 9 });
  expect(JSON.parse(told[2] ?? '')).toMatchObject({ type: 'reply', id: 9, ok: true });
});

it('[SESSION-5] what follows a close on the same socket is neither done nor answered', async () => {
  const { told, say } = opened();
  say(hello);
  await expect.poll(() => told.length).toBe(2);
  say(hello);
  say({ type: 'extend', id: 7, commandId: ID, holdId: ID });
  say({ type: 'ping', id: 8 });
  expect(words(told.slice(2))).toEqual(['bad_message', `closed with ${CLOSE.protocolError}`]);
});

it('[REPLAY-10] own follows a replay that is ok, and neither a first reply nor a refusal', async () => {
  const { told, say, answer } = opened();
  say(hello);
  await expect.poll(() => told.length).toBe(2);
  const refused: Outcome = { ok: false, failure: 'command_reused' };
  for (const [said, isReplay] of [
    [answer.outcome, false],
    [answer.outcome, true],
    [refused, true],
  ] as const) {
    Object.assign(answer, { outcome: said, isReplay });
    say({ type: 'extend', id: 7, commandId: ID, holdId: ID });
  }
  const heard = words(told.slice(2)).filter((word) => word !== 'the house is asked');
  expect(heard).toEqual(['reply', 'reply', 'own', 'command_reused 7']);
});

const REASONS: readonly (readonly [heard: string, code: number, against: Against])[] = [
  ['rate_limited', CLOSE.flooding, { tooManySockets: true }],
  ['unavailable', CLOSE.overloaded, { noNewSessions: true }],
  ['unauthorized', CLOSE.unauthorized, { badToken: true }],
  ['moved', CLOSE.moved, { elsewhere: true }],
  ['unknown_showtime', CLOSE.unknownShowtime, { reason: 'unknown_showtime' }],
  ['overloaded', CLOSE.overloaded, { reason: 'overloaded' }],
  ['unavailable', CLOSE.overloaded, { reason: 'unavailable' }],
];
const pairs = REASONS.flatMap(([heard, code, first], i) =>
  REASONS.slice(i).flatMap(([, , second]) => {
    // There is a token or there is none; and one reason why a showtime cannot be met.
    if (first.noNewSessions && second.badToken) return [];
    if (first.reason && second.reason && first !== second) return [];
    return [{ winner: Object.keys(first)[0], over: JSON.stringify(second), heard, code, first, second }];
  }),
);
it.each(pairs)('[JOIN-ORDER] $winner before $over', async ({ heard, code, first, second }) => {
  const against = { ...second, ...first };
  const { told, say } = opened(against);
  say({ type: 'hello', ...(against.noNewSessions ? {} : { token: 'one' }) });
  await expect.poll(() => told.length).toBeGreaterThan(1);
  expect(words(told)).toEqual([heard, `closed with ${code}`]);
});
