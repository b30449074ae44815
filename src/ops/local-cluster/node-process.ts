import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface NodeProcessOptions {
  readonly name: string;
  /** Where clients reach it. */
  readonly url: string;
  /** The program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Whether it is started again when it ended without being asked to. */
  readonly restart: boolean;
  readonly say: (line: string) => void;
}

const RESTART_AFTER_MS = 1_000;
const READY_MS_MAX = 60_000;
const LOOK_EVERY_MS = 50;
const LOG_LINES_SHOWN = 5;

/** One node as a process of its own, and what became of it. */
export class NodeProcess {
  readonly name: string;
  readonly url: string;
  readonly #options: NodeProcessOptions;
  #child: ChildProcess | undefined;
  #isStopping = false;
  #starting: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(options: NodeProcessOptions) {
    this.name = options.name;
    this.url = options.url;
    this.#options = options;
  }

  /** Undefined where it does not run. */
  get pid(): number | undefined {
    return this.ending === undefined ? this.#child?.pid : undefined;
  }

  /** How its latest life ended: a signal or an exit code. Undefined while it lives. */
  get ending(): string | undefined {
    if (!this.#child) return 'not started';
    const { exitCode, signalCode } = this.#child;
    return signalCode ?? (exitCode === null ? undefined : `exit code ${exitCode}`);
  }

  get isRestarting(): boolean {
    return this.#again !== undefined;
  }

  async start(): Promise<void> {
    const { name, command, environment, logFile } = this.#options;
    const [program, ...args] = command;
    const log = await open(logFile, 'a');
    try {
      // A group of its own: an interrupt at the terminal is meant for the launcher, which stops the nodes in good order.
      const child = spawn(program, args, {
        env: environment,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      await once(child, 'spawn');
      this.#child = child;
      child.once('exit', () => this.#ended());
    } catch (error) {
      throw new Error(`${name} cannot be started.`, { cause: error });
    } finally {
      await log.close();
    }
  }

  /** @throws Error with the end of its log, where it ended before it was ready or took too long; of `signal`, once it is aborted. */
  async ready(signal: AbortSignal): Promise<void> {
    const giveUpAt = performance.now() + READY_MS_MAX;
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
      })
        // An answer whose body is left unread keeps its connection.
        .then(async (response) => [response.ok, await response.text()] as const)
        .catch(() => [false] as const);
      if (answer[0]) return;
      signal.throwIfAborted();
      const { ending } = this;
      if (ending !== undefined) throw new Error(await this.#complaint(`ended (${ending}) before it was ready`));
      if (performance.now() > giveUpAt) throw new Error(await this.#complaint('was not ready in time'));
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Resolves when it has ended. Where it drains for longer than `msMax`, or `kill` is aborted, it is killed. */
  async stop(msMax: number, kill: AbortSignal): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#again);
    // One that is just being started again is to be ended as well.
    await this.#starting;
    const child = this.#child;
    if (!child || this.ending !== undefined) return;
    const ended = once(child, 'exit');
    const end = () => void child.kill('SIGKILL');
    child.kill('SIGTERM');
    // A stopped process (SIGSTOP) takes its SIGTERM when it goes on.
    child.kill('SIGCONT');
    const enough = AbortSignal.any([kill, AbortSignal.timeout(msMax)]);
    if (enough.aborted) end();
    enough.addEventListener('abort', end, { once: true });
    await ended;
    enough.removeEventListener('abort', end);
  }

  #ended(): void {
    if (this.#isStopping) return;
    const { name, say, restart } = this.#options;
    say(`${name} died (${this.ending}).${restart ? ' It is started again.' : ''}`);
    if (!restart) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      if (!this.#isStopping) this.#starting = this.start().catch((error: Error) => say(error.message));
    }, RESTART_AFTER_MS);
  }

  async #complaint(what: string): Promise<string> {
    const { name, logFile } = this.#options;
    const log = await readFile(logFile, 'utf8').catch(() => '');
    const tail = log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
    return `${name} ${what}. Its log, ${logFile}, ends:\n${tail}`;
  }
}
