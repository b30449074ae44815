import { WebSocket } from 'ws';

/** What a node's own process says of itself, in bytes and milliseconds. */
export interface Inside {
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** How late its timers ran since the last look: the event loop was busy for so long. */
  readonly loopDelayP99Ms: number;
}

/** Of Node's own: in the node that is looked at, this keeps the delays of its event loop between two looks. */
const WATCH_LOOP = `
  globalThis.soakLoopDelay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 10 });
  globalThis.soakLoopDelay.enable();`;
const LOOK = `(() => {
  const { heapUsed, external } = process.memoryUsage();
  const delay = globalThis.soakLoopDelay;
  const p99 = delay.percentile(99) / 1e6;
  delay.reset();
  return { heapBytes: heapUsed, externalBytes: external, loopDelayP99Ms: p99 };
})()`;
const ANSWER_MS_MAX = 20_000;

/**
 * Looks into a node over Node's inspector: the product needs no endpoint for it. A node that is only looked at pays a
 * message every few seconds.
 */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const { id, result } = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** @param port where the node was told to `--inspect`. */
  static async open(port: number): Promise<Inspector> {
    const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly {
      readonly webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(list[0]?.webSocketDebuggerUrl ?? '');
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const inspector = new Inspector(socket);
    await inspector.#evaluate(WATCH_LOOP);
    return inspector;
  }

  async look(): Promise<Inside> {
    return (await this.#evaluate(LOOK)) as Inside;
  }

  /** Bytes that are still in use after everything that is not was collected. */
  async liveHeapBytes(): Promise<number> {
    // Twice: what a finaliser of the first lets go of is garbage of the second.
    for (let i = 0; i < 2; i++) await this.#call('HeapProfiler.collectGarbage', {});
    return (await this.look()).heapBytes;
  }

  close(): void {
    this.#socket.terminate();
  }

  async #evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = (await this.#call('Runtime.evaluate', {
      expression,
      includeCommandLineAPI: true,
      returnByValue: true,
    })) as { readonly result: { readonly value?: unknown }; readonly exceptionDetails?: { readonly text: string } };
    if (exceptionDetails) throw new Error(`The node could not be looked into: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  }

  #call(method: string, params: object): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: the node did not answer.`)), ANSWER_MS_MAX);
      this.#waiting.set(id, (result) => {
        clearTimeout(late);
        resolve(result);
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
