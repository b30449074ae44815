import type { Router } from './router.js';

/** Undefined: ready. Else why not, in a few words for whoever operates it. */
export type Readiness = () => Promise<string | undefined>;

/** `/healthz`: the process runs its loop. `/readyz`: it should be sent clients. */
export function healthRoutes(router: Router, readiness: Readiness): void {
  router.always('GET', '/healthz', (exchange) => exchange.json(200, { status: 'ok' }));
  router.always('GET', '/readyz', async (exchange) => {
    const reason = await readiness();
    if (reason === undefined) exchange.json(200, { status: 'ready' });
    else exchange.json(503, { status: 'not ready', reason });
  });
}
