import { expect, it } from 'vitest';
import { ordered } from './one-order.js';

it('a request to pay that comes again after its payment was found to be none starts none', async () => {
  const { world, monitor, read, pay } = await ordered();
  world.answers = 'processing';
  await pay(1);
  world.now = read().expiresAt;
  await monitor.look();
  const [payment] = read().payments;
  const { received: _, ...told } = world.report(read());
  const none = { ...told, eventId: 'none', state: 'cancelled' } as const;
  await world.alone().orders.settled(none);
  expect(read()).toMatchObject({ state: 'expired', payments: [{ id: payment?.id, state: 'cancelled' }] });
  world.answers = 'succeeded';
  expect(await pay(1)).toMatchObject({ ok: false, error: { code: 'order_closed' } });
  expect(read()).toMatchObject({ state: 'expired', payments: [{ received: undefined }] });
});
