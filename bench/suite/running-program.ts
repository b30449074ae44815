import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned, type Role } from './cores.js';

export interface Launch {
  /** Which cores it runs on; absent: where the kernel puts it. */
  readonly role?: Role;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Any path that answers 200 once the program serves. */
  readonly readyUrl: URL;
}

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 15_000;
/** Linux counts the processor time of processes in hundredths of a second, whatever its own clock. */
const TICK_MS = 10;

/** A server in a process of its own, as its users start it. */
export class RunningProgram {
  readonly #child: ChildProcess;
  #stopping = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @throws Error where it ends or does not answer in time; it is ended then. */
  static async start(launch: Launch): Promise<RunningProgram> {
    const { command, args } = launch.role ? pinned(launch.role, launch.command, launch.args) : launch;
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...launch.env },
      ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
    });
    const program = new RunningProgram(child);
    try {
      await program.#ready(launch.readyUrl);
    } catch (error) {
      await program.stop();
      throw error;
    }
    return program;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The program could not be started.');
    return this.#child.pid;
  }

  /** Processor time that it has used, all threads, in milliseconds; NaN where the platform does not tell. */
  cpuMs(): number {
    if (process.platform !== 'linux') return Number.NaN;
    // The name of a program may hold spaces and brackets; what is counted comes after the last of them.
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  /** Resident memory in bytes; NaN where the platform does not tell. */
  residentBytes(): number {
    if (process.platform !== 'linux') return Number.NaN;
    const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to go, and sees to it. Safe to call twice. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#stopping = true;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }

  async #ready(url: URL): Promise<void> {
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    while (performance.now() < giveUpAt && !this.#stopping) {
      if (this.#child.exitCode !== null) throw new Error(`The program ended with ${this.#child.exitCode}: not ready.`);
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(25);
    }
    throw new Error(`${url.href} did not answer in time.`);
  }
}
