/** A mail server for tests, on a free port of this machine: it keeps what it is sent, and misbehaves on request. */
import { SMTPServer } from 'smtp-server';
import { type ReadMail, readMail } from './read-mail.js';

/** What it does with a mail: `hang` reads it and never answers; `later` and `refuse` answer 450 and 550 to its recipient. */
export type Behaviour = 'accept' | 'hang' | 'later' | 'refuse';

export interface SmtpInbox {
  readonly url: string;
  /** That were accepted. */
  readonly mails: ReadMail[];
  /** That it read and never answered. */
  readonly unanswered: ReadMail[];
  /** Connections that were made so far. */
  readonly connections: () => number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export async function openSmtpInbox(
  first: Behaviour = 'accept',
  auth?: { user: string; pass: string },
): Promise<SmtpInbox> {
  const mails: ReadMail[] = [];
  const unanswered: ReadMail[] = [];
  let behaviour = first;
  let connections = 0;
  const server = new SMTPServer({
    authOptional: auth === undefined,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 100,
    onConnect: (_session, done) => {
      connections++;
      done();
    },
    onAuth: ({ username, password }, _session, done) => {
      if (username === auth?.user && password === auth?.pass) done(null, { user: username });
      else done(Object.assign(new Error('Wrong password'), { responseCode: 535 }));
    },
    onRcptTo: (_address, _session, done) => {
      if (behaviour === 'refuse') done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }));
      else if (behaviour === 'later') done(Object.assign(new Error('Try later'), { responseCode: 450 }));
      else done();
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const mail = readMail(Buffer.concat(chunks));
        if (behaviour === 'hang') {
          unanswered.push(mail);
          return;
        }
        mails.push(mail);
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const login = auth ? `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.pass)}@` : '';
  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    mails,
    unanswered,
    connections: () => connections,
    behave: (next) => {
      behaviour = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
