/** The entry of the thread that draws PDFs of tickets and signs passes. */
import { answerInBackground } from '../background-thread.js';
import { makeApplePass } from './apple-pass.js';
import { drawPdf } from './draw-pdf.js';
import type { PrintWork } from './ticket-printer.js';

answerInBackground(async (work: PrintWork): Promise<Uint8Array> => {
  return new Uint8Array('sheets' in work ? await drawPdf(work.sheets) : makeApplePass(work.pass, work.signer));
});
