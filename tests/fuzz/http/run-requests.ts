import type { SessionView, ShowtimeView } from '../../../src/protocol/http.js';
import type { HoldView } from '../../../src/protocol/server-messages.js';
import type { OkFields } from '../oracle/acknowledged.js';
import type { Documented } from '../oracle/documented.js';
import { Tally } from '../oracle/tally.js';
import type { Violations } from '../oracle/violations.js';
import { RawPeer } from '../target/raw-peer.js';
import type { House } from '../wire/attack.js';
import type { HttpGrip } from './endpoints.js';
import { type HttpAnswer, readAnswers } from './http-answer.js';
import type { HttpCase } from './http-case.js';
import { faultOfAnswer } from './judge-answer.js';
import { requestOf } from './request.js';

const WORKERS = 50;
const ANSWER_WITHIN_MS = 20_000;
/** What is no request may be waited for until the server's library gives up on the connection, after some eleven seconds. */
const CUT_WITHIN_MS = 20_000;
/** All but one of so many are let go at once, or the fuzzer would do nothing but wait. */
const WAITED_FOR_EACH = 40;
const LET_GO_AFTER_MS = 250;

export interface RequestRun {
  readonly port: number;
  readonly url: string;
  readonly seed: number;
  readonly house: House;
  readonly documented: Documented;
  readonly violations: Violations;
  readonly kinds: Tally;
  readonly statuses: Tally;
}

export function requestRun(base: Omit<RequestRun, 'kinds' | 'statuses'>): RequestRun {
  return { ...base, kinds: new Tally(), statuses: new Tally() };
}

/** The requests `from` up to, not including, `end`, each over a connection of its own. */
export async function runRequests(run: RequestRun, from: number, end: number): Promise<void> {
  let next = from;
  const worker = async () => {
    const client = await Client.open(run);
    while (next < end && !run.violations.tooMany) await client.send(next++);
  };
  await Promise.all(Array.from({ length: Math.min(WORKERS, end - from) }, worker));
}

/** Somebody who buys over HTTP, and remembers what they have. */
class Client {
  readonly #run: RequestRun;
  readonly #session: SessionView;
  readonly #seatMapHash: string;
  readonly #holds = new Map<string, HoldView>();
  readonly #bookings = new Set<string>();

  private constructor(run: RequestRun, session: SessionView, seatMapHash: string) {
    this.#run = run;
    this.#session = session;
    this.#seatMapHash = seatMapHash;
  }

  static async open(run: RequestRun): Promise<Client> {
    const session = await fetch(`${run.url}/v1/sessions`, { method: 'POST' });
    const showtime = await fetch(`${run.url}/v1/showtimes/${run.house.id}`);
    const { seatMap } = (await showtime.json()) as ShowtimeView;
    return new Client(run, (await session.json()) as SessionView, seatMap.hash);
  }

  get #grip(): HttpGrip {
    const { house } = this.#run;
    return {
      labels: house.labels,
      staff: false,
      holds: [...this.#holds.values()],
      bookings: [...this.#bookings],
      lastCommand: undefined,
      now: Date.now(),
      token: undefined,
      showtimeId: house.id,
      seatMapHash: this.#seatMapHash,
      session: this.#session.session,
    };
  }

  async send(number: number): Promise<void> {
    const { seed, port, kinds, violations, statuses } = this.#run;
    const request = requestOf(seed, number, this.#grip);
    kinds.add(request.kind);
    const wrong = (what: string) =>
      violations.add(`request ${request.kind}: ${what}; --only-request ${number}`, {
        bytes: request.bytes,
        binary: false,
      });
    const peer = new RawPeer(port);
    peer.socket.write(request.bytes);
    if (request.leaves) {
      await peer.until((received) => received.length > 0, 2);
      statuses.add('left');
    } else {
      try {
        this.#judge(request, await this.#answers(peer, request, number), peer.endedAfterMs !== undefined, wrong);
      } catch (error) {
        wrong(error instanceof Error ? error.message : String(error));
      }
    }
    peer.cut();
  }

  async #answers(peer: RawPeer, { heads, sound }: HttpCase, number: number): Promise<HttpAnswer[]> {
    const whole = (received: Buffer) => readAnswers(received, heads).length >= heads.length;
    const patience = number % WAITED_FOR_EACH === 0 ? CUT_WITHIN_MS : LET_GO_AFTER_MS;
    await peer.until(whole, sound ? ANSWER_WITHIN_MS : patience);
    return readAnswers(peer.received, heads);
  }

  #judge(request: HttpCase, answers: readonly HttpAnswer[], cut: boolean, wrong: (what: string) => void): void {
    const { heads, sound, command, mayBeCut = false } = request;
    const { statuses, documented, house } = this.#run;
    if (answers.length === 0) statuses.add(cut ? 'cut off' : 'no answer yet');
    if (sound && answers.length < heads.length && !(mayBeCut && cut))
      wrong(`${answers.length} answers to ${heads.length} requests`);
    for (const [i, answer] of answers.entries()) {
      statuses.add(answer.status);
      const fault = faultOfAnswer(answer, heads[i] ?? false, sound && !mayBeCut, documented);
      if (fault) wrong(fault);
    }
    const [first] = answers;
    const isCommand = /^(POST|DELETE) \/v1\/showtimes\//.test(request.bytes.toString('latin1', 0, 40));
    if (!isCommand || first?.status !== 200) return;
    if (!command) {
      wrong('took effect, and is no command');
      return;
    }
    const reply = JSON.parse(first.body.toString('utf8')) as OkFields;
    const fault = house.told.take(command, reply, this.#session.holder);
    if (fault) wrong(fault);
    if ('holdId' in command && command.holdId && command.type !== 'extend') this.#holds.delete(command.holdId);
    if (reply.hold) this.#holds.set(reply.hold.id, reply.hold);
    if (reply.booking?.status === 'confirmed') this.#bookings.add(reply.booking.id);
    else if (reply.booking) this.#bookings.delete(reply.booking.id);
  }
}
