import { randomUUID } from 'node:crypto';
import type { Problem, SeatsView, SessionView } from '../../src/protocol/http.js';
import type { Place } from '../integration/gateway/askers.js';
import { notePrices, withPrice } from '../integration/gateway/told-prices.js';

/** What the server answered, as its sender reads it. */
export interface WebAnswer {
  readonly status: number;
  readonly text: string;
  readonly body: Partial<Problem> & {
    readonly hold?: { readonly id: string; readonly seats: readonly string[]; readonly expiresAt: number };
    readonly booking?: { readonly id: string; readonly reference: string };
    readonly seats?: readonly string[];
    readonly holds?: readonly unknown[];
    readonly bookings?: readonly unknown[];
  };
}

/**
 * A command over HTTP, as one address behind our one proxy sends it. `more` adds to the headers, or replaces them.
 * A path that begins with `/` is under the showtime.
 */
export async function ask(
  place: Place,
  method: string,
  path: string,
  token: string,
  body?: object,
  more: Readonly<Record<string, string>> = {},
): Promise<WebAnswer> {
  const response = await fetch(place.httpUrl(path), {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...more,
    },
    ...(body && method !== 'GET' ? { body: JSON.stringify(path === '/bookings' ? withPrice(body) : body) } : {}),
  });
  const text = await response.text();
  const read = text.startsWith('{') ? JSON.parse(text) : {};
  notePrices(read);
  return { status: response.status, text, body: read };
}

/** A new guest of this address, or undefined where it has had too many. */
export async function guestOf(port: number, address: string): Promise<SessionView | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/sessions`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address },
  });
  return response.status === 201 ? ((await response.json()) as SessionView) : undefined;
}

export async function countsOf(place: Place): Promise<SeatsView['counts']> {
  const response = await fetch(place.httpUrl('/seats'));
  return ((await response.json()) as SeatsView).counts;
}
