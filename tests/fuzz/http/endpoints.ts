import type { CommandType } from '../../../src/protocol/client-messages.js';
import type { Dice } from '../frames/dice.js';
import { type Grip, validMessage } from '../frames/valid-message.js';

export interface HttpGrip extends Grip {
  readonly showtimeId: string;
  readonly seatMapHash: string;
  readonly session: string;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly session: boolean;
  readonly type?: CommandType;
  readonly key?: string;
  /** What the path says of the command. */
  readonly fromPath?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Any endpoint of PROTOCOL.md's HTTP API, asked as it says. */
export function endpoint(dice: Dice, grip: HttpGrip): Endpoint {
  return dice.chance(0.5) ? readable(dice, grip) : commanded(dice, grip);
}

/** One that changes nothing, whoever asks and however often. */
export function readable(dice: Dice, { showtimeId, seatMapHash }: HttpGrip): Endpoint {
  const showtime = `/v1/showtimes/${showtimeId}`;
  const get = (path: string, session = false): Endpoint => ({ method: 'GET', path, session });
  return dice.pick([
    get('/healthz'),
    get('/readyz'),
    get('/v1/movies'),
    get('/v1/showtimes'),
    get('/v1/showtimes?from=2026-01-31T20:00:00Z&until=2036-01-31T20:00:00%2B02:00&movie=premiere-rush'),
    get(showtime),
    get(`${showtime}/connect`),
    get(`${showtime}/seats`),
    get(`${showtime}/own`, true),
    get(`/v1/seat-maps/${seatMapHash}`),
    { method: 'POST', path: '/v1/sessions', session: false },
  ]);
}

function commanded(dice: Dice, grip: HttpGrip): Endpoint {
  const { type, id: _id, commandId, ...fields } = validMessage(dice, grip, 0);
  if (typeof commandId !== 'string') return readable(dice, grip);
  const showtime = `/v1/showtimes/${grip.showtimeId}`;
  const key = commandId;
  const { holdId, bookingId } = fields as { readonly holdId?: string; readonly bookingId?: string };
  const post = (path: string, kind: CommandType, rest: Partial<Endpoint>): Endpoint => ({
    method: 'POST',
    path: showtime + path,
    session: true,
    type: kind,
    key,
    ...rest,
  });
  switch (type) {
    case 'best_available':
      return post('/best-available', type, { body: fields });
    case 'release': {
      const { seats } = fields as { readonly seats?: readonly string[] };
      const query = seats ? `?seats=${seats.join(',')}` : '';
      const fromPath = { holdId, ...(seats ? { seats } : {}) };
      return { ...post(`/holds/${holdId}${query}`, type, { fromPath }), method: 'DELETE' };
    }
    case 'retype': {
      const { holdId: _, ...body } = fields as { readonly holdId?: string };
      return post(`/holds/${holdId}/ticket-types`, type, { body, fromPath: { holdId } });
    }
    case 'extend':
      return post(`/holds/${holdId}/extend`, type, { fromPath: { holdId } });
    case 'book':
      return post('/bookings', type, { body: fields });
    case 'cancel':
      return post(`/bookings/${bookingId}/cancel`, type, { fromPath: { bookingId } });
    case 'block':
      return post('/blocks', type, { body: fields });
    case 'take_away':
      return post('/holds/take-away', type, { body: fields });
    case 'reseat': {
      const { bookingId: _booking, ...body } = fields as { readonly bookingId?: string };
      return post(`/bookings/${bookingId}/reseat`, type, { body, fromPath: { bookingId } });
    }
    case 'allocate':
      return post('/allocations', type, { body: fields });
    case 'deallocate':
      return post('/allocations/remove', type, { body: fields });
    case 'unblock':
      return post('/blocks/remove', type, { body: fields });
    default:
      return post('/holds', 'hold', { body: fields });
  }
}
