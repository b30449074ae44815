import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';

/** Undefined: ready. Else why not, in a few words for whoever operates it. */
export type Readiness = () => Promise<string | undefined>;

const RETRY_AFTER_MS = 1_000;

/** `/healthz`: the process runs its loop. `/readyz`: it should be sent clients. */
export function healthEndpoints(readiness: Readiness): readonly Endpoint[] {
  const operated = { method: 'GET', tag: 'Operation', access: 'public', rate: 'none', parameters: {} } as const;
  return [
    endpoint({
      ...operated,
      id: 'getHealth',
      path: '/healthz',
      summary: 'Answers while the process runs.',
      reply: z.object({ status: z.literal('ok') }),
      errors: [],
      handle: () => ({ ok: true, body: { status: 'ok' as const } }),
    }),
    endpoint({
      ...operated,
      id: 'getReadiness',
      path: '/readyz',
      summary: 'Answers 200 while the node should be sent clients, else 503 with the reason.',
      reply: z.object({ status: z.literal('ready') }),
      errors: ['unavailable'],
      handle: async () => {
        const reason = await readiness();
        if (reason === undefined) return { ok: true, body: { status: 'ready' as const } };
        return {
          ok: false,
          error: wireError('unavailable', `Not ready: ${reason}.`, { retryAfterMs: RETRY_AFTER_MS }),
        };
      },
    }),
  ];
}
