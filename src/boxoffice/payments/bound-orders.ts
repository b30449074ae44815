import type { PaidOrders, PaymentReport, RefundReport, Settled } from './paid-orders-port.js';

/** The orders of a node for its payments, which are built before them. */
export class BoundOrders implements PaidOrders {
  #orders: PaidOrders | undefined;

  bind(orders: PaidOrders): void {
    this.#orders = orders;
  }

  async settled(report: PaymentReport): Promise<Settled> {
    return await this.#bound().settled(report);
  }

  async refundSettled(report: RefundReport): ReturnType<PaidOrders['refundSettled']> {
    return await this.#bound().refundSettled(report);
  }

  #bound(): PaidOrders {
    // The report is made again: by then the node has started.
    if (!this.#orders) throw new Error('The orders of this node are not there yet.');
    return this.#orders;
  }
}
