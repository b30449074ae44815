import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

const TERMS = {
  description: 'Opening week',
  channels: ['web'],
  showtimes: [],
  movies: ['m'],
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2099-01-01T00:00:00Z',
  minimum: 500,
  usesMax: 100,
  usesPerHolder: 1,
  enabled: true,
};

async function added(cinema: Cinema): Promise<string> {
  const body = { percent: 1_000, currency: 'EUR', ...TERMS };
  const { id } = await cinema.post<{ id: string }>('/v1/vouchers', body);
  return id;
}

/** A right request of each endpoint of vouchers and points. */
export const voucherRequests: Requests = {
  addVoucher: async (cinema) => ({
    body: { code: cinema.newId().toUpperCase(), amount: 500, currency: 'EUR', ...TERMS },
  }),
  listVouchers: async () => ({}),
  getVoucher: async (cinema) => ({ path: { voucherId: await added(cinema) } }),
  changeVoucher: async (cinema) => ({ path: { voucherId: await added(cinema) }, body: TERMS }),
  getOwnPoints: async (cinema) => ({ session: (await cinema.person()).session }),
};
