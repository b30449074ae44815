import { addSales } from '../../kit/sales/sales.js';
import { PASSWORD } from '../accounts/people.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** A right request of each endpoint of personal data and of the archive. */
export const scheduleRequests: Requests = {
  eraseAccount: async (cinema) => ({ session: (await cinema.person()).session, body: { password: PASSWORD } }),
  eraseOrder: async (cinema) => {
    const { pool, showtimeId } = cinema.stage;
    const [orderId = ''] = await addSales(pool, [{ lines: [{ showtimeId, price: 1_200 }] }]);
    return { path: { orderId } };
  },
  findArchivedOrder: async (cinema) => {
    const { pool } = cinema.stage;
    const reference = cinema.newId();
    await pool.query("SELECT boxoffice.keep_archive_month('2020-01-01')");
    await pool.query(
      `INSERT INTO boxoffice.archived_orders (month, order_id, reference, booking_references, document)
       VALUES ('2020-01-01', gen_random_uuid(), $1, '{}', '{}')`,
      [reference],
    );
    return { path: { reference } };
  },
};
