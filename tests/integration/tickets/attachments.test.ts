import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SecretBox } from '../../../src/boxoffice/access/secret-box.js';
import { postgresAudit } from '../../../src/boxoffice/audit/audit.js';
import { SeatLabels } from '../../../src/boxoffice/catalogue/seat-labels.js';
import { attachmentsOf } from '../../../src/boxoffice/tickets/ticket-attachments.js';
import { TicketKeys } from '../../../src/boxoffice/tickets/ticket-keys.js';
import { TicketLinks } from '../../../src/boxoffice/tickets/ticket-links.js';
import { TicketPrinter } from '../../../src/boxoffice/tickets/ticket-printer.js';
import { TransferLinks } from '../../../src/boxoffice/tickets/transfer-links.js';
import { silentLog } from '../../silent-log.js';
import { Cinema } from '../endpoints/cinema.js';
import { sellTickets } from './sold-tickets.js';

const cinema = await Cinema.open();
const { pool } = cinema.stage;
const printer = new TicketPrinter(resolve('dist/print-worker.js'));
let parts: Parameters<typeof attachmentsOf>[0];
beforeAll(async () => {
  const box = new SecretBox('a secret of the tests, long enough', 'attachments of the tests');
  const now = () => performance.now();
  parts = {
    ...{ pool, db: pool, printer, audit: postgresAudit, now: Date.now, uuid: () => '', siteUrl: 'http://site.example' },
    keys: await TicketKeys.open({ pool, box, rotateEveryMs: 86_400_000, now, log: silentLog }),
    labels: new SeatLabels(pool),
    links: new TicketLinks('a secret of the tests, long enough'),
    transfers: new TransferLinks('http://site.example', 'a secret of the tests, long enough'),
  };
});
afterAll(async () => {
  await printer.close();
  await cinema.close();
});

it('a mail carries a page for each ticket that the buyer has, and an event', async () => {
  const { showtimeId, booking } = await cinema.booked();
  const { orderId, ticketIds } = await sellTickets(pool, { showtimeId, bookingId: booking.id });
  const pages = async () => {
    const files = await attachmentsOf(parts, { orderId });
    return files.map(({ filename, content }) => [
      filename.replace(/-O-\w+/, ''),
      /\/Count (\d)/.exec(Buffer.from(content).toString('latin1'))?.[1],
    ]);
  };
  expect(await pages()).toEqual([
    ['tickets.pdf', '2'],
    ['showtime.ics', undefined],
  ]);
  await pool.query('UPDATE boxoffice.tickets SET generation = 2 WHERE id = $1', [ticketIds[0]]);
  expect((await pages())[0]).toEqual(['tickets.pdf', '1']);
  await pool.query("UPDATE boxoffice.tickets SET state = 'refunded' WHERE id = $1", [ticketIds[1]]);
  expect(await pages()).toEqual([]);
});

it('a mail about one ticket carries that one, also when somebody else has it by now', async () => {
  const { showtimeId, booking } = await cinema.booked();
  const { orderId, ticketIds } = await sellTickets(pool, { showtimeId, bookingId: booking.id });
  const [ticketId = ''] = ticketIds;
  await pool.query('UPDATE boxoffice.tickets SET generation = 2 WHERE id = $1', [ticketId]);
  const [pdf] = await attachmentsOf(parts, { orderId, ticketId });
  expect(Buffer.from(pdf?.content ?? []).toString('latin1')).toMatch(/\/Count 1\b/);
});

it('a thread that dies fails what it had, and the next document starts another', async () => {
  const broken = new TicketPrinter(resolve('dist/no-such-worker.js'));
  await expect(broken.print([])).rejects.toThrow('no-such-worker');
  await expect(broken.print([])).rejects.toThrow('no-such-worker');
  await broken.close();
});
