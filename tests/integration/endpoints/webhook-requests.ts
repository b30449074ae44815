import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** Nobody listens there. */
const ENDPOINT = { url: 'https://127.0.0.1:9/hooks', topics: ['booking.created'], email: 'ops@example.org' };

async function added(cinema: Cinema): Promise<string> {
  const { id } = await cinema.post<{ id: string }>('/v1/webhook-endpoints', ENDPOINT);
  return id;
}

const sent = new WeakMap<Cinema, { readonly endpointId: string; readonly deliveryId: string }>();

/** One for all: there may be fifty endpoints and no more. */
async function tested(cinema: Cinema) {
  const earlier = sent.get(cinema);
  if (earlier) return earlier;
  const endpointId = await added(cinema);
  const { id: deliveryId } = await cinema.post<{ id: string }>(`/v1/webhook-endpoints/${endpointId}/test`, {});
  sent.set(cinema, { endpointId, deliveryId });
  return { endpointId, deliveryId };
}

/** A right request of each endpoint of webhooks. */
export const webhookRequests: Requests = {
  addWebhookEndpoint: async (cinema) => {
    // Those of earlier requests make room.
    await cinema.stage.pool.query('DELETE FROM boxoffice.webhook_endpoints');
    sent.delete(cinema);
    return { body: { ...ENDPOINT, description: 'The till' } };
  },
  listWebhookEndpoints: async () => ({}),
  getWebhookEndpoint: async (cinema) => ({ path: { endpointId: (await tested(cinema)).endpointId } }),
  changeWebhookEndpoint: async (cinema) => {
    const { endpointId } = await tested(cinema);
    return { path: { endpointId }, body: { ...ENDPOINT, description: 'The till', enabled: true } };
  },
  deleteWebhookEndpoint: async (cinema) => ({ path: { endpointId: await added(cinema) } }),
  rotateWebhookSecret: async (cinema) => {
    const { endpointId } = await tested(cinema);
    return { path: { endpointId }, body: { overlapSeconds: 0 } };
  },
  listWebhookDeliveries: async (cinema) => ({ path: { endpointId: (await tested(cinema)).endpointId } }),
  replayWebhookDelivery: async (cinema) => ({ path: { deliveryId: (await tested(cinema)).deliveryId } }),
  testWebhookEndpoint: async (cinema) => ({ path: { endpointId: (await tested(cinema)).endpointId } }),
};
