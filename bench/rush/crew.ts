import { type ChildProcess, fork } from 'node:child_process';
import type { Order, Report } from './orders.js';

type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>;

/** Tells a fork of this program that it is a crowd and not the conductor. */
export const CROWD_VARIABLE = 'USHER_RUSH_CROWD';

/** The processes that the buyers live in. One order at a time to each, each answered once. */
export class Crew {
  readonly #members: ChildProcess[];

  /** @param program the bundle that this process runs. */
  constructor(program: string, processes: number) {
    this.#members = Array.from({ length: processes }, () =>
      // Structured clone: the hall, its look-up table and the truth go over as they are.
      fork(program, { serialization: 'advanced', env: { ...process.env, [CROWD_VARIABLE]: '1' } }),
    );
  }

  get size(): number {
    return this.#members.length;
  }

  /** Gives each its order and waits for all answers. Rejects where a process ends instead. */
  async ask<T extends Report['type']>(expected: T, order: (member: number) => Order): Promise<ReportOf<T>[]> {
    return await Promise.all(this.#members.map((member, i) => askOne(member, expected, order(i))));
  }

  dismiss(): void {
    for (const member of this.#members) if (member.connected) member.send({ type: 'leave' } satisfies Order);
  }
}

function askOne<T extends Report['type']>(member: ChildProcess, expected: T, order: Order): Promise<ReportOf<T>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      member.off('message', heard);
      member.off('exit', ended);
      act();
    };
    const heard = (report: Report) => {
      if (isOf(report, expected)) settle(() => resolve(report));
      else settle(() => reject(new Error(`A process of buyers answered ${order.type} with ${report.type}.`)));
    };
    const ended = (code: number | null) =>
      settle(() => reject(new Error(`A process of buyers ended (${code ?? 'killed'}) at ${order.type}.`)));
    member.on('message', heard);
    member.once('exit', ended);
    member.send(order);
  });
}

function isOf<T extends Report['type']>(report: Report, type: T): report is ReportOf<T> {
  return report.type === type;
}
