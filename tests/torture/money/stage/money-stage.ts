import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../../src/adapters/free-port.js';
import { sign } from '../../../integration/gateway/sign.js';
import { NodeUnderTest } from '../../stage/node-under-test.js';
import { ShiftedClock } from '../../stage/shifted-clock.js';
import { Stage } from '../../stage/stage.js';
import { TOKEN_SECRET } from '../../stage/staged-node.js';
import type { Books } from '../checker/books.js';
import { type BookShelf, readBooks } from './read-books.js';
import { StagedProvider } from './staged-provider.js';
import { StagedReceiver } from './staged-receiver.js';

const STRIPE_SECRET = 'whsec_of_the_money_torture';
export const STRIPE_KEY = 'sk_test_of_the_money_torture';
/** An order ends so soon that money comes late of itself. */
const PAYMENT_TTL_MS = 5_000;
const SALE_POLICY = {
  ...{ feePerTicket: 150, feePercent: 333, taxRate: 1_900 },
  cancel: { untilMinutesBefore: 60, feePercent: 1_250, feeAmount: 20 },
};
const TOPICS = ['order.fulfilled', 'order.refunded', 'refund.settled', 'booking.created', 'booking.cancelled'];

/** A house as buyers of this run see it. */
export interface MoneyHouse {
  readonly id: string;
  readonly labels: readonly string[];
  /** Few seats that everybody wants: whoever gets them gives them back soon. */
  readonly isHot: boolean;
  /** It is cancelled while people buy. */
  isDoomed: boolean;
}

export interface MoneyStageOptions {
  readonly nodes: number;
  /** The built server, the stand-in of Stripe and the receiver of webhooks, and the folder of the migrations. */
  readonly program: string;
  readonly provider: string;
  readonly receiver: string;
  readonly sql: string;
  readonly houses: readonly {
    readonly seats: number;
    readonly holdTtlMs: number;
    readonly isHot: boolean;
    readonly isDoomed: boolean;
  }[];
  readonly onCrash: (process: string, how: string) => void;
}

/** The stage of the other torture, with a provider, a receiver of webhooks, and nodes that have mails as files. */
export class MoneyStage {
  readonly stage: Stage;
  readonly provider: StagedProvider;
  readonly receiver: StagedReceiver;
  readonly houses: readonly MoneyHouse[];
  readonly #shelf: BookShelf;
  readonly #undo: readonly (() => Promise<unknown>)[];

  private constructor(
    parts: Pick<MoneyStage, 'stage' | 'provider' | 'receiver' | 'houses'> & { readonly shelf: BookShelf },
    undo: readonly (() => Promise<unknown>)[],
  ) {
    this.stage = parts.stage;
    this.provider = parts.provider;
    this.receiver = parts.receiver;
    this.houses = parts.houses;
    this.#shelf = parts.shelf;
    this.#undo = undo;
  }

  /** Resolves when all of it is ready. What was started is ended again where it fails. */
  static async open(options: MoneyStageOptions): Promise<MoneyStage> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-money-'));
    const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
    try {
      const { provider, receiver } = await startOthers(options, directory, undo);
      const folderOf = (node: string) => join(directory, node);
      const stage = await Stage.open({
        nodes: options.nodes,
        standby: false,
        program: options.program,
        sql: options.sql,
        showtimes: options.houses.map((house) => ({ ...house, isQuiet: false })),
        settingsOf: (node) => settings(provider.url, folderOf(node)),
        onCrash: options.onCrash,
      });
      undo.push(() => stage.close());
      const { pool, nodes } = stage;
      await pool.query('UPDATE boxoffice.showtimes SET sale_policy = $1', [JSON.stringify(SALE_POLICY)]);
      await provider.tell(nodes.map(({ clientUrl }) => `${clientUrl}/v1/payment-events/stripe`));
      receiver.learn(await subscribe(nodes[0]?.process.url ?? '', receiver.hooksUrl));
      const houses = stage.showtimes.map(({ id, labels }, at): MoneyHouse => {
        const { isHot = false, isDoomed = false } = options.houses[at] ?? {};
        return { id, labels, isHot, isDoomed };
      });
      const mailFolders = nodes.map(({ process }) => join(folderOf(process.name), 'mail'));
      const shelf = { pool, ledgerFile: provider.ledgerFile, mailFolders, heardFile: receiver.heardFile };
      return new MoneyStage({ stage, provider, receiver, houses, shelf }, undo);
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /** What the checker judges. */
  async read(): Promise<Books> {
    return await readBooks(this.#shelf);
  }

  async close(): Promise<void> {
    await undoAll(this.#undo);
  }
}

/** In the reverse order, each of them whatever became of the others. */
async function undoAll(undo: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of [...undo].reverse()) await step().catch(() => {});
}

async function startOthers(options: MoneyStageOptions, directory: string, undo: (() => Promise<unknown>)[]) {
  const keep = async (name: string, program: string, args: readonly string[]) => {
    const port = await freePort();
    // Its clock is not shifted: this is how it ends with the one who started it.
    const { environment } = await ShiftedClock.in(directory, name);
    const events = { crashed: (how: string) => options.onCrash(name, how), lives: () => {} };
    const process = new NodeUnderTest(name, port, program, environment, events, ['--port', String(port), ...args]);
    process.start();
    undo.push(async () => {
      process.thaw();
      await process.end('SIGKILL');
    });
    return process;
  };
  await mkdir(join(directory, 'others'));
  const file = (name: string) => join(directory, 'others', name);
  const provider = new StagedProvider(
    await keep('provider', options.provider, ['--secret', STRIPE_SECRET, '--file', file('ledger.jsonl')]),
    file('ledger.jsonl'),
  );
  const receiver = new StagedReceiver(
    await keep('receiver', options.receiver, ['--file', file('heard.jsonl'), '--manner', file('manner.json')]),
    file('heard.jsonl'),
    file('manner.json'),
  );
  return { provider, receiver };
}

function settings(providerUrl: string, dataDirectory: string): Readonly<Record<string, string>> {
  return {
    DATA_DIR: dataDirectory,
    STRIPE_API_BASE: providerUrl,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRETS: STRIPE_SECRET,
    PAYMENT_TTL_MS: String(PAYMENT_TTL_MS),
    JOB_CONCURRENCY: '2',
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    // The showtimes begin in a day: nobody is to be reminded.
    REMINDER_HOURS: '1',
    SITE_URL: 'http://site.example',
  };
}

/** A token of somebody who may do everything. */
export async function staffSession(): Promise<string> {
  const expiresAt = Date.now() / 1_000 + 86_400;
  return await sign('user:staff', { role: 'admin', secret: TOKEN_SECRET, expiresAt });
}

/** @returns the secret of the new endpoint */
async function subscribe(nodeUrl: string, url: string): Promise<string> {
  const answer = await fetch(`${nodeUrl}/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await staffSession()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url, topics: TOPICS, email: 'owner@receiver.example', description: '' }),
  });
  const { secret } = (await answer.json()) as { readonly secret?: string };
  if (secret === undefined) throw new Error(`The endpoint of webhooks was not made: ${answer.status}.`);
  return secret;
}
