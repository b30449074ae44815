import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentProvider, StartedPayment } from '../../src/boxoffice/payments/payment-provider-port.js';

/** A provider under test, and what its buyers do. */
export interface ProviderStage {
  readonly provider: PaymentProvider;
  /** Details with which a payment succeeds at once, is declined, or waits for the buyer. */
  readonly details: Readonly<Record<'succeeds' | 'declines' | 'waits', unknown>>;
  /** The buyer confirms or refuses the further step. */
  answer(providerRef: string, isConfirmed: boolean): Promise<void>;
  close(): Promise<void>;
}

const PRICE = { amount: 4_200, currency: 'EUR' };

/** What every provider that moves money promises. */
export function paymentProviderSuite(name: string, open: () => Promise<ProviderStage>): void {
  describe(name, () => {
    let stage: ProviderStage;
    let provider: PaymentProvider;
    beforeAll(async () => {
      stage = await open();
      provider = stage.provider;
    });
    afterAll(async () => await stage?.close());

    const start = async (kind: keyof ProviderStage['details'], paymentId = randomUUID()): Promise<StartedPayment> => {
      const started = await provider.start({
        paymentId,
        // A repeat of the same payment has the same parameters.
        orderId: paymentId,
        reference: 'K7MQ2-RX4TD-5',
        amount: PRICE,
        email: 'buyer@example.org',
        returnUrl: 'https://tickets.example/orders',
        details: stage.details[kind],
      });
      if (!started.ok) throw new Error(started.error.message);
      return started;
    };
    const refundOf = (paymentId: string, providerRef: string, amount: number, refundId = randomUUID()) => ({
      refundId,
      paymentId,
      providerRef,
      amount: { amount, currency: 'EUR' },
    });

    it('takes the money once, however often the same payment is started', async () => {
      const paymentId = randomUUID();
      const first = await start('succeeds', paymentId);
      expect(first).toMatchObject({ state: 'succeeded', report: { state: 'succeeded', received: PRICE, paymentId } });
      const [again, together] = await Promise.all([start('succeeds', paymentId), start('succeeds', paymentId)]);
      expect(again.providerRef).toBe(first.providerRef);
      expect(together.providerRef).toBe(first.providerRef);
      const found = await provider.find({ paymentId, providerRef: first.providerRef });
      expect(found).toMatchObject({ state: 'succeeded', received: PRICE, providerRef: first.providerRef, paymentId });
    });

    it('finds a payment by our id alone, and none where there is none', async () => {
      const paymentId = randomUUID();
      const { providerRef } = await start('succeeds', paymentId);
      expect(await provider.find({ paymentId })).toMatchObject({ providerRef, state: 'succeeded' });
      expect(await provider.find({ paymentId: randomUUID() })).toBeUndefined();
    });

    it('says of a declined payment that it failed, and why', async () => {
      const { state, report } = await start('declines');
      expect(state).toBe('failed');
      expect(report).toMatchObject({ state: 'failed', failure: expect.stringMatching(/^\w+$/) });
      expect(report?.received).toBeUndefined();
    });

    it('waits for a further step, and takes the money when the buyer confirms', async () => {
      const paymentId = randomUUID();
      const waiting = await start('waits', paymentId);
      expect(waiting.state).toBe('requires_action');
      expect(waiting.url ?? waiting.clientSecret).toBeTruthy();
      await stage.answer(waiting.providerRef, true);
      expect(await provider.find({ paymentId, providerRef: waiting.providerRef })).toMatchObject({
        state: 'succeeded',
        received: PRICE,
      });
    });

    it('takes no money when the buyer refuses', async () => {
      const paymentId = randomUUID();
      const { providerRef } = await start('waits', paymentId);
      await stage.answer(providerRef, false);
      expect(await provider.find({ paymentId, providerRef })).toMatchObject({ state: 'failed' });
    });

    it('cancels what is open, and leaves what is paid', async () => {
      const [openId, paidId] = [randomUUID(), randomUUID()];
      const waiting = await start('waits', openId);
      const paid = await start('succeeds', paidId);
      for (const { providerRef } of [waiting, paid, waiting]) await provider.cancel(providerRef);
      const stateOf = async (paymentId: string, providerRef: string) =>
        (await provider.find({ paymentId, providerRef }))?.state;
      expect(await stateOf(openId, waiting.providerRef)).toBe('cancelled');
      expect(await stateOf(paidId, paid.providerRef)).toBe('succeeded');
    });

    it('gives back a part, once for each refund, and never more than was paid', async () => {
      const paymentId = randomUUID();
      const { providerRef } = await start('succeeds', paymentId);
      const part = refundOf(paymentId, providerRef, 3_000);
      expect(await provider.findRefund(part)).toBeUndefined();
      const [first, together] = await Promise.all([provider.refund(part), provider.refund(part)]);
      expect(first).toMatchObject({ state: 'succeeded' });
      expect(together).toEqual(first);
      expect(await provider.refund(part)).toEqual(first);
      expect(await provider.findRefund(part)).toEqual(first);
      expect(await provider.refund(refundOf(paymentId, providerRef, 1_201))).toMatchObject({
        state: 'failed',
        retryable: false,
      });
      expect(await provider.refund(refundOf(paymentId, providerRef, 1_200))).toMatchObject({ state: 'succeeded' });
    });

    it('gives nothing back of a payment that was not paid', async () => {
      const paymentId = randomUUID();
      const { providerRef } = await start('waits', paymentId);
      const refused = await provider.refund(refundOf(paymentId, providerRef, 1));
      expect(refused).toMatchObject({ state: 'failed', retryable: false });
    });

    it('refuses details that it does not know, and names the field', async () => {
      const common = { paymentId: randomUUID(), orderId: randomUUID(), reference: 'K7MQ2-RX4TD-5', amount: PRICE };
      const returnUrl = 'https://tickets.example/';
      const started = await provider.start({ ...common, returnUrl, details: { nothing: 'known' } });
      expect(started).toMatchObject({ ok: false, error: { code: 'invalid_field', outcome: 'not-applied' } });
      expect(await provider.find(common)).toBeUndefined();
    });
  });
}
