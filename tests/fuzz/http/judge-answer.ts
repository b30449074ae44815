import { z } from 'zod';
import type { Documented } from '../oracle/documented.js';
import { faultOfError } from '../oracle/echo-bounds.js';
import { errorShape } from '../oracle/server-shapes.js';
import type { HttpAnswer } from './http-answer.js';

const problemShape = errorShape.omit({ message: true }).extend({
  type: z.string().startsWith('/problems/'),
  title: z.string().min(1),
  status: z.number().int(),
  detail: z.string(),
});

/** What the server's library says by itself to what is no HTTP/1.1. */
const OF_THE_LIBRARY = new Set([400, 413, 431, 505]);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What is wrong with one answer by PROTOCOL.md; undefined: nothing. */
export function faultOfAnswer(
  answer: HttpAnswer,
  head: boolean,
  sound: boolean,
  documented: Documented,
): string | undefined {
  const { status, headers, body } = answer;
  if (status === 200 || status === 201) return faultOfOk(headers, body, head);
  if (status === 204 || status === 304) return undefined;
  const type = headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) {
    if (!sound && OF_THE_LIBRARY.has(status) && headers.get('connection') === 'close') return undefined;
    return `${status} as ${JSON.stringify(type)}`;
  }
  if (head) return documentedStatus(status, documented) ? undefined : `${status}, which is not documented`;
  const parsed = problemShape.safeParse(readJson(body));
  if (!parsed.success)
    return `a problem with ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`;
  const { code, retryable, outcome, field, detail } = parsed.data;
  if (parsed.data.status !== status || documented.errors.get(code)?.status !== status) return `${code} as ${status}`;
  const error = { code, retryable, outcome, message: detail, ...(field === undefined ? {} : { field }) };
  return faultOfError(error as Parameters<typeof faultOfError>[0], documented);
}

function faultOfOk(headers: HttpAnswer['headers'], body: Buffer, head: boolean): string | undefined {
  if (head || headers.has('content-encoding')) return undefined;
  if (headers.get('content-type') !== 'application/json') return `an ok answer as ${headers.get('content-type')}`;
  return typeof readJson(body) === 'object' ? undefined : 'an ok answer that is no JSON object';
}

function documentedStatus(status: number, { errors }: Documented): boolean {
  return [...errors.values()].some((error) => error.status === status) && status !== 500;
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    return undefined;
  }
}
