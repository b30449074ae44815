import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FrameReader } from '../../../bench/load/frame-reader.js';
import { LiveClient, type LiveCommand } from '../../../bench/load/live-client.js';
import { commandSchema } from '../../../src/protocol/client-messages.js';
import type { Violations } from '../oracle/violations.js';
import type { House } from '../wire/attack.js';

const EACH_MS = 200;
/** A server that lets somebody wait longer hangs, as people see it. The machine is busy with the attack meanwhile. */
export const ANSWER_WITHIN_MS = 3_000;

/** Somebody who means well: holds a seat and lets go of it, over and over, and follows the house without a gap. */
export class Probe {
  readonly latencies: number[] = [];
  readonly #house: House;
  readonly #violations: Violations;
  readonly #client: LiveClient;
  #running: Promise<void> | undefined;
  #stopped = false;
  #under = '';
  #since = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor(house: House, port: number, violations: Violations) {
    this.#house = house;
    this.#violations = violations;
    this.#client = new LiveClient({
      target: { host: '127.0.0.1', port },
      showtimeId: house.id,
      seats: house.labels.length,
      reader: new FrameReader(),
      events: {
        lost: (code) => this.#stopped || violations.add(`the probe was closed with ${code}`),
        snapshot: (_, surprises) =>
          surprises > 0 && violations.add(`a snapshot unlike its deltas in ${surprises} seats`),
        delta() {},
        seatChanged() {},
        gap: () => violations.add('the probe missed a delta'),
        holdExpired() {},
        told: (what) => violations.add(`the probe was told ${what}`),
      },
    });
  }

  async start(): Promise<void> {
    await this.#client.open();
    this.#watch = setInterval(() => {
      if (this.#under === '' || performance.now() - this.#since < ANSWER_WITHIN_MS) return;
      this.#violations.add(`a ${this.#under} of the probe had no answer within ${ANSWER_WITHIN_MS} ms`);
      this.#since = performance.now();
    }, 500);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    clearInterval(this.#watch);
    this.#client.close();
  }

  get slowestMs(): number {
    return this.latencies.reduce((slowest, latency) => Math.max(slowest, latency), 0);
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const seat = this.#house.labels[(turn * 7) % this.#house.labels.length] ?? '';
      const holdId = await this.#ask({ type: 'hold', commandId: randomUUID(), seats: [seat] });
      if (holdId !== undefined) await this.#ask({ type: 'release', commandId: randomUUID(), holdId });
      await sleep(EACH_MS);
    }
  }

  /** @returns the hold that came of it, if one did. */
  async #ask(command: LiveCommand): Promise<string | undefined> {
    this.#under = command.type;
    this.#since = performance.now();
    const answer = await this.#client.command(command);
    this.#under = '';
    if (!answer) return undefined;
    this.latencies.push(answer.latencyMs);
    const { reply } = answer;
    if (!reply.ok) {
      if (reply.error.code !== 'seats_unavailable') this.#violations.add(`the probe was told ${reply.error.code}`);
      return undefined;
    }
    const message = commandSchema.parse({ id: 0, ...command });
    const fault = this.#house.told.take(message, reply, this.#client.holder);
    if (fault) this.#violations.add(`the probe got ${fault}`);
    return reply.hold?.id;
  }
}
