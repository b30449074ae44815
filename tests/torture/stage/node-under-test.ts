import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const LOG_KEPT = 20_000;
const RESPAWN_MS = 300;

interface NodeEvents {
  /** It ended without having been told to. */
  crashed(how: string): void;
  lives(phase: 'start' | 'end'): void;
}

/** A node as a supervisor keeps it: started again whenever it ended, unless it was told to stay down. */
export class NodeUnderTest {
  readonly name: string;
  readonly url: string;
  readonly #program: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #events: NodeEvents;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #wanted = false;
  #log = '';

  constructor(
    name: string,
    port: number,
    program: string,
    environment: Readonly<Record<string, string>>,
    events: NodeEvents,
    args: readonly string[] = [],
  ) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.#program = program;
    this.#environment = { ...environment, PORT: String(port), NODE_NAME: name };
    this.#events = events;
    this.#args = args;
  }

  /** The end of what it wrote to its log, over all its lives. */
  get log(): string {
    return this.#log;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#spawn();
  }

  /** At once, or by its own drain; it stays down until it is started. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    return answer?.ok ?? false;
  }

  #spawn(): void {
    const child = spawn(process.execPath, ['--enable-source-maps', this.#program, ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Not of our group: Ctrl-C is for the conductor, who ends them in order.
      detached: true,
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', LOG_LEVEL: 'warn', DEMO: 'false', ...this.#environment },
    });
    this.#child = child;
    this.#events.lives('start');
    const listen = (bytes: Buffer) => {
      this.#log = (this.#log + bytes.toString()).slice(-LOG_KEPT);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.on('exit', (code, signal) => void this.#exited(child, `${code ?? signal}`));
  }

  async #exited(child: ChildProcess, how: string): Promise<void> {
    this.#events.lives('end');
    if (child !== this.#child || !this.#wanted) return;
    // What it said last is why, as a rule.
    this.#events.crashed(`${how}: ${this.#log.trimEnd().split('\n').at(-1) ?? ''}`);
    await sleep(RESPAWN_MS);
    // Somebody may have ended it and started it again meanwhile.
    if (this.#wanted && child === this.#child) this.#spawn();
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
