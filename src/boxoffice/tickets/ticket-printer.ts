import { Worker } from 'node:worker_threads';
import type { PassWork } from './apple-pass.js';
import type { PassSigner } from './pass-signer.js';
import type { TicketSheet } from './ticket-sheet.js';

type Piece = { readonly sheets: readonly TicketSheet[] } | { readonly pass: PassWork; readonly signer: PassSigner };
export type PrintWork = Piece & { readonly id: number };

export type Printed =
  | { readonly id: number; readonly file: Uint8Array }
  | { readonly id: number; readonly fault: string };

interface Waiting {
  readonly resolve: (file: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** A node draws some hundred a second; what waits longer than these take is not worth waiting for. */
const WAITING_MAX = 500;
/** A document takes some milliseconds. */
const SILENCE_MS_MAX = 20_000;

/** Too much is being printed; try again later. */
export class PrinterBusy extends Error {
  override readonly name = 'PrinterBusy';
}

/**
 * Draws PDFs and signs passes in a thread of its own, which is started with the first of them and keeps its fonts. Live maps are sent from the
 * event loop of the node, which must not stop for some milliseconds again and again while thousands of mails go out.
 *
 * Invariant: each call ends, with a file or an error. A thread that dies or is silent for too long fails what it had been
 * given, and the next call starts another.
 */
export class TicketPrinter {
  readonly #script: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #watch: NodeJS.Timeout | undefined;
  #lastId = 0;

  /** @param script the bundle of print-worker.ts. */
  constructor(script: string) {
    this.#script = script;
  }

  /** One page a ticket. @throws PrinterBusy; Error where the document could not be drawn. */
  async print(sheets: readonly TicketSheet[]): Promise<Buffer> {
    return await this.#make({ sheets });
  }

  /** A signed pass of Apple Wallet. @throws as `print`. */
  async pass(pass: PassWork, signer: PassSigner): Promise<Buffer> {
    return await this.#make({ pass, signer });
  }

  async #make(piece: Piece): Promise<Buffer> {
    if (this.#waiting.size >= WAITING_MAX) throw new PrinterBusy('Too many tickets are being printed.');
    const id = ++this.#lastId;
    return await new Promise<Buffer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#started().postMessage({ ...piece, id } satisfies PrintWork);
      this.#watchOver();
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#fail(new Error('The node stops.'));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#script);
    worker.on('message', (printed: Printed) => this.#take(printed));
    const died = (error: Error) => {
      if (this.#worker === worker) this.#fail(error);
    };
    worker.on('error', died);
    worker.on('exit', () => died(new Error('The thread that draws tickets ended.')));
    // It does not keep a process alive that has nothing else to do.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #take(printed: Printed): void {
    const waiting = this.#waiting.get(printed.id);
    this.#waiting.delete(printed.id);
    this.#watchOver();
    if ('fault' in printed) waiting?.reject(new Error(`A ticket could not be drawn: ${printed.fault}`));
    else waiting?.resolve(Buffer.from(printed.file.buffer, printed.file.byteOffset, printed.file.byteLength));
  }

  /** From now on the thread may be silent for so long. */
  #watchOver(): void {
    clearTimeout(this.#watch);
    if (this.#waiting.size === 0) return;
    this.#watch = setTimeout(() => {
      void this.#worker?.terminate();
      this.#fail(new Error('The thread that draws tickets did not answer.'));
    }, SILENCE_MS_MAX);
  }

  #fail(error: Error): void {
    clearTimeout(this.#watch);
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
