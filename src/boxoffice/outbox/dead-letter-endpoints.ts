import type { Pool } from 'pg';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Audit } from '../audit/audit.js';
import { edit, refuse } from '../catalogue/edit-parts.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import {
  type DeadLetter,
  dropDeadLetter,
  findDeadLetter,
  type LetterPosition,
  listDeadLetters,
  reviveDeadLetter,
} from './dead-letters.js';

const LETTERS_PER_PAGE = 100;

const time = z.iso.datetime();
const letterSchema = z
  .object({
    id: z.uuid(),
    handler: z.string().meta({ description: 'Which part gave it up.', example: 'mail' }),
    topic: z.string().meta({ description: 'What happened.', example: 'order.fulfilled' }),
    subject: z.string().meta({ description: 'Kind and id of what it happened to.' }),
    createdAt: time.meta({ description: 'When it happened.' }),
    failedAt: time.meta({ description: 'When it was given up.' }),
    error: z.string().meta({ description: 'What the last try failed with.' }),
  })
  .meta({ id: 'DeadLetter' });
const wholeLetterSchema = letterSchema
  .extend({ payload: z.unknown().meta({ description: 'What the event says; it may name people.' }) })
  .meta({ id: 'WholeDeadLetter' });

const name = z.string().min(1).max(100);
const position: z.ZodType<LetterPosition> = z.object({ failedAt: time, id: z.uuid() });
const letterParameter = { letterId: z.uuid().toLowerCase() };
const base = { tag: 'Administration', access: { permission: 'jobs.manage' } } as const;

export interface DeadLetterParts {
  readonly pool: Pool;
  readonly audit: Audit;
}

/** Mails, messages to webhooks and whatever else follows from events and was given up: read it, try it again, or drop it. */
export function deadLetterEndpoints({ pool, audit }: DeadLetterParts): readonly Endpoint[] {
  return [
    endpoint({
      ...base,
      id: 'listDeadLetters',
      method: 'GET',
      path: '/v1/dead-letters',
      summary: `Events that were given up after a day of tries, the latest first, ${LETTERS_PER_PAGE} a page.`,
      rate: 'reads',
      parameters: {},
      query: { handler: name.optional(), topic: name.optional(), cursor: pageCursor(position).optional() },
      reply: z.object({ deadLetters: z.array(letterSchema), next: z.string().optional() }),
      errors: [],
      handle: async ({ query: { handler, topic, cursor: before } }) => {
        const rows = await listDeadLetters(pool, { handler, topic, before, limit: LETTERS_PER_PAGE + 1 });
        const { items: deadLetters, next } = pageOf(rows, LETTERS_PER_PAGE, positionOf, viewOf);
        return { ok: true, body: { deadLetters, ...(next === undefined ? {} : { next }) } };
      },
    }),
    endpoint({
      ...base,
      id: 'getDeadLetter',
      method: 'GET',
      path: '/v1/dead-letters/{letterId}',
      summary: 'An event that was given up, with what it says.',
      rate: 'reads',
      parameters: letterParameter,
      reply: wholeLetterSchema,
      errors: ['not_found'],
      handle: async ({ parameters: { letterId } }) => {
        const letter = await findDeadLetter(pool, letterId);
        return letter ? { ok: true, body: { ...viewOf(letter), payload: letter.payload } } : unknownLetter();
      },
    }),
    endpoint({
      ...base,
      id: 'retryDeadLetter',
      method: 'POST',
      path: '/v1/dead-letters/{letterId}/retry',
      summary: 'Has an event tried again that was given up.',
      rate: 'commands',
      parameters: letterParameter,
      status: 202,
      reply: letterSchema,
      errors: ['not_found'],
      handle: async ({ parameters: { letterId }, caller }) => {
        const done = await edit(pool, async (client) => {
          const letter = await findDeadLetter(client, letterId);
          if (!letter || !(await reviveDeadLetter(client, letter))) return unknownLetter();
          await audit.write(client, { caller, action: 'dead_letter.retry', ...entryOf(letter) });
          return { ok: true, value: letter };
        });
        return done.ok ? { ok: true, body: viewOf(done.value) } : done;
      },
    }),
    endpoint({
      ...base,
      id: 'dropDeadLetter',
      method: 'DELETE',
      path: '/v1/dead-letters/{letterId}',
      summary: 'Forgets an event that was given up. The audit log keeps what it was.',
      rate: 'commands',
      parameters: letterParameter,
      status: 204,
      reply: z.undefined(),
      errors: ['not_found'],
      handle: async ({ parameters: { letterId }, caller }) => {
        const done = await edit<undefined>(pool, async (client) => {
          const letter = await findDeadLetter(client, letterId);
          if (!letter || !(await dropDeadLetter(client, letterId))) return unknownLetter();
          await audit.write(client, { caller, action: 'dead_letter.drop', ...entryOf(letter) });
          return { ok: true, value: undefined };
        });
        return done.ok ? { ok: true, body: undefined } : done;
      },
    }),
  ];
}

function unknownLetter() {
  return refuse('not_found', 'There is no such dead letter. Perhaps it was tried again.');
}

function positionOf({ failedAt, id }: DeadLetter): LetterPosition {
  return { failedAt: failedAt.toISOString(), id };
}

/** Without the payload, which may name people: the audit log is never changed. */
function entryOf(letter: DeadLetter) {
  const { handler, topic, subject, eventId, error } = letter;
  return { subject: `dead_letter:${letter.id}`, before: { handler, topic, subject, eventId, error } };
}

function viewOf({ id, handler, topic, subject, createdAt, failedAt, error }: DeadLetter) {
  return {
    ...{ id, handler, topic, subject, error },
    ...{ createdAt: createdAt.toISOString(), failedAt: failedAt.toISOString() },
  };
}
