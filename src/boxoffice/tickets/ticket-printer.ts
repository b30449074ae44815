import { BackgroundThread } from '../background-thread.js';
import type { PassWork } from './apple-pass.js';
import type { PassSigner } from './pass-signer.js';
import type { TicketSheet } from './ticket-sheet.js';

export type PrintWork =
  | { readonly sheets: readonly TicketSheet[] }
  | { readonly pass: PassWork; readonly signer: PassSigner };

/** A node draws some hundred a second; what waits longer than these take is not worth waiting for. */
const WAITING_MAX = 500;
/** A document takes some milliseconds. */
const SILENCE_MS_MAX = 20_000;

/** Too much is being printed; try again later. */
export class PrinterBusy extends Error {
  override readonly name = 'PrinterBusy';
}

/**
 * Draws PDFs and signs passes in a thread of its own, which keeps its fonts. Live maps are sent from the event loop of the node,
 * which must not stop for some milliseconds again and again while thousands of mails go out.
 */
export class TicketPrinter {
  readonly #thread: BackgroundThread<PrintWork, Uint8Array>;

  /** @param script the bundle of print-worker.ts. */
  constructor(script: string) {
    this.#thread = new BackgroundThread({
      script,
      name: 'The thread that draws tickets',
      silenceMsMax: SILENCE_MS_MAX,
    });
  }

  /** One page a ticket. @throws PrinterBusy; Error where the document could not be drawn. */
  async print(sheets: readonly TicketSheet[]): Promise<Buffer> {
    return await this.#make({ sheets });
  }

  /** A signed pass of Apple Wallet. @throws as `print`. */
  async pass(pass: PassWork, signer: PassSigner): Promise<Buffer> {
    return await this.#make({ pass, signer });
  }

  async #make(work: PrintWork): Promise<Buffer> {
    if (this.#thread.waiting >= WAITING_MAX) throw new PrinterBusy('Too many tickets are being printed.');
    const file = await this.#thread.do(work);
    return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}
