/** autocannon, as people measure HTTP: reading one address, or buying on and on. */
import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { serveOrders } from '../serve-orders.js';

export interface Answered {
  /** All of them with a status of success. */
  readonly requests: number;
  /** Bookings among these. */
  readonly bookings: number;
  readonly seconds: number;
  /** With the heads. */
  readonly bytes: number;
}

export interface Reading {
  /** Of the server, or of the one thing that is read. */
  readonly url: string;
  /** What is read, in turn; absent: `url`. */
  readonly paths?: readonly string[];
  /** Absent: no compression is asked for. */
  readonly acceptEncoding?: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Two neighbouring seats at a time, of one showtime after the other; never a seat that was asked for before. */
export interface Buying extends Pick<Reading, 'url' | 'connections' | 'seconds'> {
  readonly at: 'usher' | 'express-postgres';
  readonly showtimes: readonly string[];
  readonly labels: readonly string[];
  /** Of guests, who buy in turns; not for Express, which has none. */
  readonly sessions: readonly string[];
  /** Which of how many processes this is, so that they buy different seats. */
  readonly member: number;
  readonly members: number;
}

/** What a connection remembers from its hold to its booking: autocannon forgets it then. */
interface Purchase {
  session?: string;
  showtimeId?: string;
  holdId?: string;
  price?: object;
}

let bought = 0;

const orders = {
  async read({ url, paths, acceptEncoding, connections, seconds }: Reading): Promise<Answered> {
    const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
    const requests = paths?.map((path) => ({ path }));
    const options = { url, connections, duration: seconds, headers, ...(requests && { requests }) };
    return answered(await autocannon(options), 0);
  },

  async buy(buying: Buying): Promise<Answered> {
    const { url, connections, seconds } = buying;
    let bookings = 0;
    const hold: autocannon.Request = {
      method: 'POST',
      setupRequest(request, context) {
        const purchase = context as Purchase;
        const { showtimeId, seats, session } = nextSeats(buying);
        Object.assign(purchase, { showtimeId, session });
        return buying.at === 'usher'
          ? ofUsher(request, purchase, 'holds', { seats: seats.map((seat) => buying.labels[seat]) })
          : ofExpress(request, purchase, 'hold', { seats, holder: 'autocannon' });
      },
      onResponse(_status, body, context) {
        const { hold: held, holdId } = JSON.parse(body) as { hold?: { id: string; price: object }; holdId?: string };
        Object.assign(context, { holdId: held?.id ?? holdId ?? '', price: held?.price });
      },
    };
    const book: autocannon.Request = {
      method: 'POST',
      setupRequest(request, context) {
        const purchase = context as Purchase;
        const { holdId, price } = purchase;
        return buying.at === 'usher'
          ? ofUsher(request, purchase, 'bookings', { holdId, payment: { method: 'test' }, price })
          : ofExpress(request, purchase, 'book', { holdId });
      },
      onResponse(status) {
        if (status === 200) bookings++;
      },
    };
    const result = await autocannon({ url, connections, duration: seconds, requests: [hold, book] });
    return answered(result, bookings);
  },
};

export type Http = typeof orders;
serveOrders(orders);

function nextSeats({ showtimes, labels, sessions, member, members }: Buying) {
  const nth = bought++ * members + member;
  const first = Math.floor(nth / showtimes.length) * 2;
  const showtimeId = showtimes[nth % showtimes.length];
  if (showtimeId === undefined || first + 2 > labels.length) throw new Error('All seats have been bought.');
  return { showtimeId, seats: [first, first + 1], session: sessions[nth % sessions.length] ?? '' };
}

function ofUsher(
  request: autocannon.Request,
  { showtimeId, session }: Purchase,
  what: string,
  body: object,
): autocannon.Request {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${session}`,
    'idempotency-key': randomUUID(),
  };
  return { ...request, path: `/v1/showtimes/${showtimeId}/${what}`, headers, body: JSON.stringify(body) };
}

function ofExpress(
  request: autocannon.Request,
  { showtimeId }: Purchase,
  what: string,
  body: object,
): autocannon.Request {
  const headers = { 'content-type': 'application/json' };
  return { ...request, path: `/showtimes/${showtimeId}/${what}`, headers, body: JSON.stringify(body) };
}

/** @throws Error where one of them failed: what was measured then is not what was asked. */
function answered(result: autocannon.Result, bookings: number): Answered {
  const { errors, timeouts, non2xx, requests, throughput, duration } = result;
  if (errors + timeouts + non2xx > 0) {
    throw new Error(`Of ${requests.total} requests ${non2xx} were refused, ${errors} failed, ${timeouts} timed out.`);
  }
  return { requests: requests.total, bookings, seconds: duration, bytes: throughput.total };
}
