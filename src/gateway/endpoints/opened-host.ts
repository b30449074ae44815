import { z } from 'zod';
import type { WireError } from '../../protocol/errors.js';
import type { Host } from '../../runtime/host.js';
import type { Hosts } from '../../runtime/hosts.js';
import { readShowtimeId } from '../showtime-id.js';
import { notOpenedError } from '../views.js';

/** Undefined where no showtime can have this id: the handler says so as it does of one that there is not. */
export const showtimeParameter = z
  .string()
  .transform(readShowtimeId)
  .meta({ override: { type: 'string', format: 'uuid' }, description: 'The id of a showtime.' });

export type OpenedHost = { readonly ok: true; readonly host: Host } | { readonly ok: false; readonly error: WireError };

/** Where the showtime is met on this node, or the error that says why not. */
export async function openHost(hosts: Hosts, showtimeId: string | undefined): Promise<OpenedHost> {
  const opened = showtimeId ? await hosts.open(showtimeId) : ({ ok: false, reason: 'unknown_showtime' } as const);
  if (opened.ok) return opened;
  const { reason } = opened;
  return { ok: false, error: notOpenedError(reason) };
}

/** What `openHost` may come to. */
export const OPENING_ERRORS = ['unknown_showtime', 'moving', 'unavailable', 'overloaded'] as const;
