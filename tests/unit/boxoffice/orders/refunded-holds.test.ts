import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { bringOn } from '../../../../src/boxoffice/orders/bring-on.js';
import type { OrderParts } from '../../../../src/boxoffice/orders/order-parts.js';
import { ordered } from './one-order.js';

// A house repeats its refusals by the id of the command. A slow node may have taken the seats again since the refusal.
it('the holds of a refunded order are released under another command id each time', async () => {
  const { read } = await ordered();
  const released: string[] = [];
  const desk = {
    ask: async (_: string, { type }: { readonly type: string }, commandId: string) => {
      // The cancellation has no answer, so that all is asked again.
      if (type !== 'release') return { ok: false, failure: 'unavailable' };
      released.push(commandId);
      return { ok: false, refusal: { code: 'unknown_hold' } };
    },
  };
  const parts = { desk, ids: { uuid: randomUUID } } as unknown as OrderParts;
  const order = { ...read(), state: 'paid', decision: 'refund' } as const;
  expect(await bringOn(parts, order)).toBe('later');
  expect(await bringOn(parts, order)).toBe('later');
  // That of the buyer, and the one that may have been taken again.
  expect(released).toHaveLength(4);
  expect(new Set(released).size).toBe(4);
});
