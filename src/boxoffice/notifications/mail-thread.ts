import { BackgroundThread } from '../background-thread.js';
import { type Letter, MailRefused, type MailTransport } from './mail-transport-port.js';

/** What became of a mail that was handed over; `refused`: why, and for good. */
export interface Sent {
  readonly refused?: string;
}

/** The thread itself gives each mail less: past it, it hangs. */
const SILENCE_MS_MAX = 55_000;

/**
 * Sends mails from a thread of its own. nodemailer goes through each byte of a mail several times: with the tickets of two seats
 * as a PDF that is two milliseconds, in which the event loop of the node answers nobody.
 */
export class MailThread implements MailTransport {
  readonly #thread: BackgroundThread<Letter, Sent>;

  /** `script` is the bundle of composition/mail-worker.ts, and `options` what that opens its connections by. */
  constructor(script: string, options: object) {
    this.#thread = new BackgroundThread({
      script,
      name: 'The thread that sends mails',
      silenceMsMax: SILENCE_MS_MAX,
      workerData: options,
    });
  }

  async send(letter: Letter): Promise<void> {
    const { refused } = await this.#thread.do(letter);
    if (refused !== undefined) throw new MailRefused(refused);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}
