/** The entry of the thread that draws PDFs of tickets. It answers one piece of work after the other, and stays. */
import { parentPort } from 'node:worker_threads';
import { drawPdf } from './draw-pdf.js';
import type { Printed, PrintWork } from './ticket-printer.js';

parentPort?.on('message', async ({ id, sheets }: PrintWork) => {
  let printed: Printed;
  try {
    printed = { id, pdf: new Uint8Array(await drawPdf(sheets)) };
  } catch (error) {
    printed = { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(printed);
});
