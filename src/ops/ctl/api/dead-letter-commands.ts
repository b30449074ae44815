import type { ApiClient } from './api-client.js';
import type { ApiCommand } from './api-command.js';
import { listed } from './listed.js';

interface DeadLetter {
  readonly id: string;
  readonly handler: string;
  readonly topic: string;
  readonly subject: string;
  readonly createdAt: string;
  readonly failedAt: string;
  readonly error: string;
}
interface DeadLetters {
  readonly deadLetters: readonly DeadLetter[];
  readonly next?: string;
}

const ERROR_WIDTH = 80;
const filters = {
  handler: { value: '<handler>', about: 'only of this part, such as mail or webhooks' },
  topic: { value: '<topic>', about: 'only of these events, such as order.fulfilled' },
} as const;

/** Events that were given up: mails, messages to webhooks, and whatever else follows from a sale. */
export const deadLetterCommands: readonly ApiCommand[] = [
  {
    words: 'dead-letters show',
    operands: ['letter'],
    about: 'Shows an event that was given up, with what it says and why it failed.',
    run: async ({ api, operand }) => {
      const { body } = await api.get<DeadLetter & { readonly payload: unknown }>(pathOf(operand('letter')));
      const { id, handler, topic, subject, createdAt, failedAt, error, payload } = body;
      const lines = [
        ...[`${id}  ${topic} for ${handler}, about ${subject}`, `happened ${createdAt}, given up ${failedAt}`],
        ...[`because: ${error}`, `payload: ${JSON.stringify(payload)}`],
      ];
      return { ok: true, json: body, lines };
    },
  },
  {
    words: 'dead-letters retry',
    operands: ['letter'],
    about: 'Has an event tried again that was given up.',
    run: async ({ api, operand }) => {
      const id = operand('letter');
      const { body } = await retry(api, id);
      return { ok: true, json: body, lines: [`${body.topic} for ${body.handler} is tried again.`] };
    },
  },
  {
    words: 'dead-letters retry-all',
    about: 'Has all of them tried again, or those that the options choose.',
    options: filters,
    notes: ['What fails again is a dead letter again, after a day of tries.'],
    run: async ({ api, value, progress }) => {
      const letters = await readLetters(api, value);
      for (const [at, { id }] of letters.entries()) {
        if (at > 0 && at % 100 === 0) progress(`${at} of ${letters.length}`);
        await retry(api, id);
      }
      return { ok: true, json: { retried: letters.length }, lines: [`${letters.length} are tried again.`] };
    },
  },
  {
    words: 'dead-letters drop',
    operands: ['letter'],
    about: 'Forgets an event that was given up. Nobody gets this mail or message any more.',
    run: async ({ api, operand }) => {
      const id = operand('letter');
      await api.ask<string>({ method: 'DELETE', path: pathOf(id) });
      return { ok: true, json: { id }, lines: [`Dropped ${id}.`] };
    },
  },
  {
    // The last one: its word begins those above.
    words: 'dead-letters',
    about: 'Lists events that were given up, the latest first.',
    options: filters,
    run: async ({ api, value }) => {
      return listed('dead letters', await readLetters(api, value), {
        ...{ ID: ({ id }) => id, HANDLER: ({ handler }) => handler, TOPIC: ({ topic }) => topic },
        ...{ ABOUT: ({ subject }) => subject, 'GIVEN UP': ({ failedAt }) => failedAt },
        ERROR: ({ error }) => error.replaceAll(/\s+/g, ' ').slice(0, ERROR_WIDTH),
      });
    },
  },
];

function readLetters(api: ApiClient, value: (name: string) => string | undefined): Promise<DeadLetter[]> {
  const query = { handler: value('handler'), topic: value('topic') };
  return api.all<DeadLetters, DeadLetter>('/v1/dead-letters', query, (page) => page.deadLetters);
}

function retry(api: ApiClient, id: string) {
  return api.ask<DeadLetter>({ method: 'POST', path: `${pathOf(id)}/retry` });
}

function pathOf(id: string): string {
  return `/v1/dead-letters/${encodeURIComponent(id)}`;
}
