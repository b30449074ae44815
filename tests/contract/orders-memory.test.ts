import { MemoryOrderStore } from '../../src/boxoffice/orders/memory-order-store.js';
import type { OrderStoreStage } from './an-order.js';
import { orderMoneySuite } from './order-money-suite.js';
import { orderStoreSuite } from './order-store-suite.js';

async function open(): Promise<OrderStoreStage> {
  const store = new MemoryOrderStore();
  const { tickets, outbox } = store.tables;
  return {
    store,
    told: async (orderId) => outbox.filter((row) => row.orderId === orderId).map(({ topic }) => topic),
    tickets: async (orderId) =>
      tickets.filter((one) => one.orderId === orderId).map(({ id, bookingId }) => ({ id, bookingId })),
    close: async () => {},
  };
}

orderStoreSuite('orders in memory', open);
orderMoneySuite('the money of orders in memory', open);
