import { randomUUID } from 'node:crypto';
import { sellTickets } from '../tickets/sold-tickets.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** A booking of two seats with its tickets, and the session of who has them. */
async function sold(cinema: Cinema) {
  const { showtimeId, session, booking } = await cinema.booked();
  const { orderId, ticketIds } = await sellTickets(cinema.stage.pool, { showtimeId, bookingId: booking.id });
  const ticketId = ticketIds[0] ?? '';
  const { json } = await cinema.send('GET', `/v1/tickets/${ticketId}`, session);
  return { showtimeId, session, orderId, ticketId, json: json as { code: string; links: Record<string, string> } };
}

const document =
  (of: 'page' | 'pdf' | 'qr' | 'calendar' | 'appleWallet' | 'googleWallet') => async (cinema: Cinema) => {
    const { ticketId, json } = await sold(cinema);
    return { path: { ticketId }, query: new URL(json.links[of] ?? '', cinema.origin).search };
  };

/** A right request of each endpoint of tickets. */
export const ticketRequests: Requests = {
  listOrderTickets: async (cinema) => {
    const { orderId, session } = await sold(cinema);
    return { path: { orderId }, session };
  },
  getTicket: async (cinema) => {
    const { ticketId, session } = await sold(cinema);
    return { path: { ticketId }, session };
  },
  verifyTicket: async (cinema) => {
    const { json } = await sold(cinema);
    return { query: `?code=${json.code}` };
  },
  getTicketPage: document('page'),
  getTicketPdf: document('pdf'),
  getTicketQr: document('qr'),
  getTicketCalendar: document('calendar'),
  getApplePass: document('appleWallet'),
  getGooglePass: document('googleWallet'),
  checkIn: async (cinema) => {
    const { json } = await sold(cinema);
    return { body: { scanId: randomUUID(), code: json.code, gate: 'A' } };
  },
  uploadCheckIns: async (cinema) => {
    const { json } = await sold(cinema);
    const scan = { scanId: randomUUID(), code: json.code, gate: 'A', at: new Date().toISOString(), admitted: true };
    return { body: { device: 'd', scans: [scan] } };
  },
  getCheckInList: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  getCheckInCounts: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  shareTicket: async (cinema) => {
    const { ticketId, session } = await sold(cinema);
    return { path: { ticketId }, session, body: { hours: 2 } };
  },
  passOnTicket: async (cinema) => {
    const { ticketId, session } = await sold(cinema);
    return { path: { ticketId }, session, body: { email: 'bo@example.org' } };
  },
  acceptTicket: async (cinema) => {
    const { ticketId, session } = await sold(cinema);
    const { json } = await cinema.send('POST', `/v1/tickets/${ticketId}/pass-on`, session, { body: {} });
    return { body: { token: String(json['url']).split('#accept=')[1], name: 'Bo' } };
  },
  getTransferPage: async () => ({}),
};
