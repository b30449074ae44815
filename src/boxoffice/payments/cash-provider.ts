import { z } from 'zod';
import { fieldError } from '../../protocol/field-error.js';
import type { PaymentProvider } from './payment-provider-port.js';

/** How the customer paid, for the day's takings: notes and coins, or a card terminal that is not connected to the server. */
const cashDetails = z.strictObject({ by: z.enum(['cash', 'terminal']).default('cash') });

/**
 * Money that staff take at the counter. The order is paid once they say that they have the money, since there is nobody to ask. A
 * refund is recorded as paid by hand, by the member of staff who asked for it.
 */
export const cashProvider: PaymentProvider = {
  name: 'cash',
  isStaffOnly: true,
  async start({ paymentId, amount, details }) {
    const read = cashDetails.safeParse(details ?? {});
    if (!read.success) return { ok: false, error: fieldError(read.error) };
    const providerRef = refOf(paymentId);
    const report = {
      provider: 'cash',
      eventId: `${providerRef}:succeeded`,
      kind: `cash.${read.data.by}`,
      providerRef,
      paymentId,
      state: 'succeeded',
      received: amount,
    } as const;
    return { ok: true, providerRef, state: 'succeeded', report };
  },
  refund: async ({ refundId }) => ({ state: 'succeeded', providerRef: refOf(refundId) }),
  // It keeps no books of its own. What was started and not recorded was not paid: staff take the money again, or give it back.
  find: async () => undefined,
  findRefund: async () => undefined,
  cancel: async () => {},
};

function refOf(id: string): string {
  return `cash_${id}`;
}
