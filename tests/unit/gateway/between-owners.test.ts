import { expect, it } from 'vitest';
import { openHost } from '../../../src/gateway/endpoints/opened-host.js';
import type { Hosts } from '../../../src/runtime/hosts.js';

it('[MOVE-5] a request that comes between two owners is told to come again soon, and one that cannot be served to wait', async () => {
  const errorOf = async (reason: 'moving' | 'unavailable') => {
    const hosts = { open: async () => ({ ok: false, reason }) } as unknown as Hosts;
    const opened = await openHost(hosts, 'a showtime');
    return opened.ok ? undefined : opened.error;
  };
  expect(await errorOf('moving')).toMatchObject({ code: 'moving', outcome: 'not-applied', retryAfterMs: 100 });
  expect(await errorOf('unavailable')).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
});
