/** The entry of the thread that draws PDFs of tickets and signs passes. It answers one piece of work after the other, and stays. */
import { parentPort } from 'node:worker_threads';
import { makeApplePass } from './apple-pass.js';
import { drawPdf } from './draw-pdf.js';
import type { Printed, PrintWork } from './ticket-printer.js';

parentPort?.on('message', async (work: PrintWork) => {
  const { id } = work;
  let printed: Printed;
  try {
    const made = 'sheets' in work ? await drawPdf(work.sheets) : makeApplePass(work.pass, work.signer);
    printed = { id, file: new Uint8Array(made) };
  } catch (error) {
    printed = { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(printed);
});
