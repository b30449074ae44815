import { type ChildProcess, spawn } from 'node:child_process';
import { pinned } from './cores.js';

/** What a load program can be told to do: by name, one argument and one answer each, both by structured clone. */
export type Orders = Record<string, (argument: never) => Promise<unknown>>;
export type Answer<O extends Orders, K extends keyof O> = Awaited<ReturnType<O[K]>>;

/** From a process of load: the answer, and how much processor time it used for it. */
export interface Told<A> {
  readonly answer: A;
  readonly cpuMs: number;
  readonly wallMs: number;
}

interface Reply {
  readonly answer?: unknown;
  readonly error?: string;
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** The processes that make load, all running one program of `load/programs/`. One order at a time. */
export class LoadCrew<O extends Orders> {
  readonly #members: readonly ChildProcess[];

  constructor(program: string, processes: number) {
    const { command, args } = pinned('load', process.execPath, ['--enable-source-maps', program]);
    this.#members = Array.from({ length: processes }, () =>
      spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' }),
    );
  }

  get size(): number {
    return this.#members.length;
  }

  /** Gives each its order, and resolves when all have answered. Rejects with the first that cannot. */
  async ask<K extends keyof O & string>(
    order: K,
    argument: (member: number) => Parameters<O[K]>[0],
  ): Promise<Told<Answer<O, K>>[]> {
    return await Promise.all(
      this.#members.map(async (member, i) => {
        const { answer, error, cpuMs, wallMs } = await askOne(member, order, argument(i));
        if (error !== undefined) throw new Error(`${order}: ${error}`);
        return { answer: answer as Answer<O, K>, cpuMs, wallMs };
      }),
    );
  }

  /** Ends the processes. Safe to call twice. */
  dismiss(): void {
    for (const member of this.#members) member.kill('SIGKILL');
  }
}

/** The share of the time in which the load processes had nothing to do, from 0 to 1: near 0, they are the bottleneck. */
export function idleShare(told: readonly Told<unknown>[]): number {
  const busy = told.reduce((sum, { cpuMs, wallMs }) => sum + cpuMs / wallMs, 0);
  return Math.max(0, 1 - busy / told.length);
}

function askOne(member: ChildProcess, order: string, argument: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const heard = (reply: unknown) => {
      member.off('exit', ended);
      resolve(reply as Reply);
    };
    const ended = (code: number | null) => {
      member.off('message', heard);
      reject(new Error(`A load process ended (${code ?? 'killed'}) at ${order}.`));
    };
    member.once('message', heard);
    member.once('exit', ended);
    member.send({ order, argument });
  });
}
