import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { ERRORS, type WireError } from '../../../src/protocol/errors.js';
import type { Problem } from '../../../src/protocol/http.js';
import type { BookingView, HoldView } from '../../../src/protocol/server-messages.js';
import type { Encoding } from '../../../src/protocol/version.js';
import { LiveClient } from './live-client.js';
import { notePrices, withPrice } from './told-prices.js';

/** A command came to this, whichever way it went. */
export interface Answer {
  readonly error?: WireError;
  readonly hold?: HoldView;
  readonly booking?: BookingView;
  readonly seats?: readonly string[];
}

/** Somebody who sends commands to one showtime. `commandId` may be among the fields; else a new one is made. */
export interface Asker {
  ask(command: { readonly type: string; readonly [field: string]: unknown }): Promise<Answer>;
  close(): Promise<void>;
}

/** Where a showtime is served: a stage or a light node. */
export interface Place {
  liveUrl(showtimeId?: string): string;
  httpUrl(path?: string, showtimeId?: string): string;
}

/** The ways in: the same command must come to the same over each of them. */
export const TRANSPORTS = ['WebSocket in JSON', 'WebSocket in MessagePack', 'HTTP'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export async function openAsker(transport: Transport, place: Place, showtimeId: string, token: string): Promise<Asker> {
  if (transport === 'HTTP') return httpAsker(place, showtimeId, token);
  return await liveAsker(place, showtimeId, token, transport === 'WebSocket in JSON' ? 'json' : 'msgpack');
}

async function liveAsker(place: Place, showtimeId: string, token: string, encoding: Encoding): Promise<Asker> {
  const client = await LiveClient.join(place.liveUrl(showtimeId), { token, encoding });
  return {
    ask: async (command) => {
      const reply = await client.call(command);
      if (!reply.ok) expectSound(reply.error);
      return reply;
    },
    close: () => client.close(),
  };
}

function httpAsker(place: Place, showtimeId: string, token: string): Asker {
  return {
    ask: async ({ type, commandId = randomUUID(), ...fields }) => {
      const [method, path, body] = requestOf(type, fields);
      const response = await fetch(place.httpUrl(path, showtimeId), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'idempotency-key': String(commandId),
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
      if (!response.ok) return { error: await readProblem(response) };
      const answer = (await response.json()) as Answer;
      notePrices(answer);
      return answer;
    },
    close: async () => {},
  };
}

function requestOf(type: string, { holdId, bookingId, ...rest }: Record<string, unknown>): [string, string, object] {
  switch (type) {
    case 'hold':
      return ['POST', '/holds', holdId === undefined ? rest : { ...rest, holdId }];
    case 'retype':
      return ['POST', `/holds/${holdId}/ticket-types`, rest];
    case 'best_available':
      return ['POST', '/best-available', rest];
    case 'release':
      return ['DELETE', `/holds/${holdId}${seatsQuery(rest['seats'])}`, {}];
    case 'extend':
      return ['POST', `/holds/${holdId}/extend`, rest];
    case 'book':
      return ['POST', '/bookings', withPrice({ ...rest, holdId })];
    case 'cancel':
      return ['POST', `/bookings/${bookingId}/cancel`, rest];
    case 'block':
      return ['POST', '/blocks', rest];
    case 'take_away':
      return ['POST', '/holds/take-away', holdId === undefined ? rest : { ...rest, holdId }];
    case 'reseat':
      return ['POST', `/bookings/${bookingId}/reseat`, rest];
    default:
      return ['POST', '/blocks/remove', rest];
  }
}

function seatsQuery(seats: unknown): string {
  return Array.isArray(seats) ? `?seats=${encodeURIComponent(seats.join(','))}` : '';
}

/** The error in a problem (RFC 9457), after checking that it is one in every respect. */
export async function readProblem(response: Response): Promise<WireError> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { type, title, status, detail, ...rest } = (await response.json()) as Problem;
  const error: WireError = { message: detail, ...rest };
  expect(type).toBe(`/problems/${error.code}`);
  expect(title).toMatch(/^[A-Z][a-z ]+$/);
  expect(status).toBe(response.status);
  expect(status).toBe(ERRORS[error.code].status);
  const seconds = error.retryAfterMs === undefined ? null : String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  expect(response.headers.get('retry-after')).toBe(seconds);
  expectSound(error);
  return error;
}

/** Every error says what the table of its code says, in a sentence, and what to wait where waiting helps. */
export function expectSound(error: WireError): void {
  const { retryable, outcome } = ERRORS[error.code];
  expect(error).toMatchObject({ retryable, outcome });
  expect(error.message).toMatch(/^["A-Z].*\.$/s);
  expect(error.retryAfterMs !== undefined, `${error.code} says how long to wait`).toBe(retryable);
}
