/** A mail server that takes everything and keeps nothing. It stands for another machine, so that it gives way on this one. */
import { setPriority } from 'node:os';
import { SMTPServer } from 'smtp-server';
import { serveOrders } from '../serve-orders.js';

export interface Received {
  readonly mails: number;
  /** That carried a PDF. */
  readonly withTickets: number;
}

let mails = 0;
let withTickets = 0;

const orders = {
  /** @returns the port on which it listens from now on. */
  async open(): Promise<number> {
    setPriority(19);
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let hasTickets = false;
        stream.on('data', (chunk: Buffer) => {
          hasTickets ||= chunk.includes('application/pdf');
        });
        stream.on('end', () => {
          mails++;
          if (hasTickets) withTickets++;
          done();
        });
      },
    });
    // A connection that the sender ended is no concern of ours.
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  },
  async received(): Promise<Received> {
    return { mails, withTickets };
  },
};

export type MailInbox = typeof orders;
serveOrders(orders);
