/** A client that looks at one showtime after another, and holds single seats one after the other. */
import { randomUUID } from 'node:crypto';
import { HttpConnection, type HttpTarget, httpRequest } from '../http-connection.js';
import { serveOrders } from '../serve-orders.js';

export interface Visit {
  readonly target: HttpTarget;
  readonly showtimeIds: readonly string[];
  /** How many are looked at together. */
  readonly atOnce: number;
}

export interface SingleHolds {
  readonly target: HttpTarget;
  readonly session: string;
  readonly holds: readonly { readonly showtimeId: string; readonly seat: string }[];
}

export interface Visited {
  readonly ms: number;
  /** How often the house has been opened, over all time. */
  readonly epoch: number;
}

export type GrowthNode = typeof orders;

const orders = {
  /** The seats of each showtime as the node shows them: it opens the house where it is not open. */
  async visit({ target, showtimeIds, atOnce }: Visit): Promise<Visited[]> {
    const each: Visited[] = [];
    let next = 0;
    const visitor = async () => {
      const connection = new HttpConnection(target);
      for (let id = showtimeIds[next++]; id !== undefined; id = showtimeIds[next++]) {
        const since = performance.now();
        const { status, body } = await connection.send(httpRequest('GET', `/v1/showtimes/${id}/seats`));
        if (status !== 200) throw new Error(`The seats of a showtime: ${status}.`);
        const ms = performance.now() - since;
        const { epoch }: { epoch: number } = JSON.parse(body.toString());
        each.push({ ms, epoch });
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: atOnce }, visitor));
    return each;
  },

  async signIn(target: HttpTarget): Promise<string> {
    const connection = new HttpConnection(target);
    const { status, body } = await connection.send(httpRequest('POST', '/v1/sessions', { body: {} }));
    if (status !== 201) throw new Error(`A session: ${status}.`);
    const { session }: { session: string } = JSON.parse(body.toString());
    connection.close();
    return session;
  },

  /** Milliseconds of each hold from request to answer. It is given back afterwards, which is not counted. */
  async hold({ target, session, holds }: SingleHolds): Promise<number[]> {
    const connection = new HttpConnection(target);
    const each: number[] = [];
    const headers = () => ({ authorization: `Bearer ${session}`, 'idempotency-key': randomUUID() });
    for (const { showtimeId, seat } of holds) {
      const path = `/v1/showtimes/${showtimeId}/holds`;
      const request = httpRequest('POST', path, { body: { seats: [seat] }, headers: headers() });
      const since = performance.now();
      const { status, body } = await connection.send(request);
      each.push(performance.now() - since);
      const answer: { hold?: { id: string } } = JSON.parse(body.toString());
      if (status !== 200 || !answer.hold) throw new Error(`A hold: ${status} ${body.toString()}`);
      const release = httpRequest('DELETE', `${path}/${answer.hold.id}`, { headers: headers() });
      const released = await connection.send(release);
      if (released.status !== 200) throw new Error(`A release: ${released.status}.`);
    }
    connection.close();
    return each;
  },
};

serveOrders(orders);
