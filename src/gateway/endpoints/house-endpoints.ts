import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { connectSchema, ownSchema, type SeatsView, seatsSchema } from '../../protocol/http.js';
import { spellStatuses } from '../../protocol/seat-status.js';
import type { Host } from '../../runtime/host.js';
import type { Hosts } from '../../runtime/hosts.js';
import { movedUrl } from '../live/moved-url.js';
import { notOpenedError, ownView } from '../views.js';
import { OPENING_ERRORS, openHost, showtimeParameter } from './opened-host.js';

/** What can be read of a house without a socket. */
export function houseEndpoints(hosts: Hosts): readonly Endpoint[] {
  const reading = {
    method: 'GET',
    tag: 'Seats',
    rate: 'reads',
    parameters: { showtimeId: showtimeParameter },
    errors: OPENING_ERRORS,
  } as const;
  return [
    endpoint({
      ...reading,
      id: 'getSeats',
      path: '/v1/showtimes/{showtimeId}/seats',
      summary: 'The status of every seat, as published at one position.',
      access: 'public',
      reply: seatsSchema,
      handle: async ({ parameters }) => {
        const opened = await openHost(hosts, parameters.showtimeId);
        return opened.ok ? { ok: true, body: seatsView(opened.host) } : opened;
      },
    }),
    endpoint({
      ...reading,
      id: 'getOwn',
      path: '/v1/showtimes/{showtimeId}/own',
      summary: "The caller's own holds and confirmed bookings of a showtime.",
      access: 'session',
      reply: ownSchema,
      handle: async ({ parameters, caller }) => {
        const opened = await openHost(hosts, parameters.showtimeId);
        if (!opened.ok) return opened;
        // After an outcome that is unknown this list decides: it must not lack what was acknowledged, here or elsewhere.
        const isCurrent = await opened.host.current();
        if (!isCurrent) return { ok: false, error: notOpenedError(opened.host.ended ? 'moving' : 'unavailable') };
        return { ok: true, body: ownView(opened.host.own(caller.holder), opened.host.terms) };
      },
    }),
    endpoint({
      ...reading,
      id: 'getConnect',
      path: '/v1/showtimes/{showtimeId}/connect',
      summary: 'Where sockets of a showtime connect best.',
      access: 'public',
      reply: connectSchema,
      handle: async ({ parameters: { showtimeId } }) => {
        const betterUrl = showtimeId && hosts.betterUrl(showtimeId);
        if (showtimeId && betterUrl) return { ok: true, body: { live: { url: movedUrl(betterUrl, showtimeId) } } };
        // Its owner knows whether there is such a showtime; here, it is loaded before its clients come.
        const opened = await openHost(hosts, showtimeId);
        return opened.ok ? { ok: true, body: { live: { url: `/v1/showtimes/${showtimeId}/live` } } } : opened;
      },
    }),
  ];
}

function seatsView({ epoch, seq, statuses }: Host): SeatsView {
  const counts = [0, 0, 0, 0];
  for (const code of statuses) counts[code] = (counts[code] ?? 0) + 1;
  const [available = 0, held = 0, booked = 0, blocked = 0] = counts;
  return { epoch, seq, seats: spellStatuses(statuses), counts: { available, held, booked, blocked } };
}
