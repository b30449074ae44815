import { Dice } from '../frames/dice.js';
import type { Tally } from '../oracle/tally.js';
import type { Violations } from '../oracle/violations.js';
import { RawPeer, upgradeRequest } from '../target/raw-peer.js';
import { messageBytes } from './frame-bytes.js';
import { type Rubbish, rubbish } from './rubbish.js';

const WITHIN_MS = 15_000;
const HELLO = messageBytes(Buffer.from('{"type":"hello"}'), false);
const BATCH = 50;

/** Handshakes that are none: whatever the server says to them, it says or cuts it soon, and opens no socket. */
const HALF_HANDSHAKES: readonly Readonly<Record<string, string>>[] = [
  { 'Sec-WebSocket-Key': '' },
  { 'Sec-WebSocket-Key': 'short' },
  { 'Sec-WebSocket-Key': 'x'.repeat(500) },
  { Origin: 'https://elsewhere.example' },
  { Origin: 'null' },
];

/** Handshakes that may be taken: the server speaks version 13, no extension, and the subprotocols that it knows. */
const ODD_HANDSHAKES: readonly Readonly<Record<string, string>>[] = [
  { 'Sec-WebSocket-Version': '12' },
  { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits=99, x-unknown; a="' },
  { 'Sec-WebSocket-Protocol': `${','.repeat(500)}usher.v9, ,usher.v1.json` },
  { Connection: 'close' },
  { Host: '' },
  { Upgrade: '' },
  { Upgrade: 'h2c' },
];

export interface RubbishRun {
  readonly port: number;
  readonly showtimeId: string;
  readonly seed: number;
  readonly kinds: Tally;
  readonly violations: Violations;
}

/** So many connections, each with one thing that is wrong below the messages. */
export async function runRubbish(run: RubbishRun, connections: number): Promise<void> {
  for (let done = 0; done < connections; done += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, connections - done) }, (_, i) => done + i);
    await Promise.all(numbers.map((number) => one(run, number)));
  }
}

async function one(run: RubbishRun, number: number): Promise<void> {
  const dice = Dice.numbered(run.seed, number);
  if (dice.chance(0.25)) await handshake(run, dice);
  else await frames(run, rubbish(dice));
}

async function frames({ port, showtimeId, kinds, violations }: RubbishRun, what: Rubbish): Promise<void> {
  kinds.add(what.kind);
  const peer = new RawPeer(port);
  const wrong = (text: string) => violations.add(`${what.kind}: ${text}`, { bytes: what.bytes, binary: true });
  peer.socket.write(upgradeRequest(port, showtimeId));
  // RFC 6455, 4.1: nothing more before the answer. What comes too early, the server's library lets go.
  if (!(await peer.until((received) => received.includes('\r\n\r\n'), WITHIN_MS))) wrong('no upgrade');
  peer.socket.write(HELLO);
  if (!(await peer.until((received) => received.includes('"snapshot"'), WITHIN_MS))) wrong('no snapshot before it');
  peer.socket.write(what.bytes);
  if (what.outcome === 'either') await peer.until((received) => received.includes('"id":4711'), 300);
  else if (what.outcome === 'closed') {
    if (!(await peer.ended(WITHIN_MS))) wrong('not closed');
    if (peer.received.includes('"id":4711')) wrong('taken for a message');
  } else if (!(await peer.until((received) => received.includes('"id":4711,"ok":true'), WITHIN_MS))) wrong('no reply');
  peer.cut();
}

async function handshake({ port, showtimeId, kinds, violations }: RubbishRun, dice: Dice): Promise<void> {
  const peer = new RawPeer(port);
  const whole = upgradeRequest(port, showtimeId, dice.pick([...HALF_HANDSHAKES, ...ODD_HANDSHAKES]));
  switch (dice.below(3)) {
    case 0: {
      kinds.add('a handshake cut off');
      peer.socket.write(whole.slice(0, dice.below(whole.length)));
      break;
    }
    case 1: {
      kinds.add('a handshake that is none');
      const text = upgradeRequest(port, showtimeId, dice.pick(HALF_HANDSHAKES));
      peer.socket.write(text);
      const answered = await peer.until((received) => received.includes('\r\n\r\n'), WITHIN_MS);
      const status = peer.received.toString('latin1', 0, 12);
      if (!answered && peer.endedAfterMs === undefined)
        violations.add(`a handshake without an answer: ${JSON.stringify(text)}`);
      if (answered && !/^HTTP\/1\.1 4/.test(status))
        violations.add(`a handshake answered with ${status}: ${JSON.stringify(text)}`);
      break;
    }
    default: {
      kinds.add('an odd handshake');
      const text = upgradeRequest(port, showtimeId, dice.pick(ODD_HANDSHAKES));
      peer.socket.write(text);
      const answered = await peer.until((received) => received.includes('\r\n\r\n'), WITHIN_MS);
      if (!answered && peer.endedAfterMs === undefined)
        violations.add(`a handshake without an answer: ${JSON.stringify(text)}`);
    }
  }
  peer.cut();
}
