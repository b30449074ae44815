import { z } from 'zod';
import { type CommandType, commandFields, commandSchema } from '../../protocol/client-messages.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { ConnectView, OwnView, SeatsView, SessionView } from '../../protocol/http.js';
import { fieldError } from '../../protocol/read-client-frame.js';
import { spellStatuses } from '../../protocol/seat-status.js';
import type { Host } from '../../runtime/host.js';
import type { Hosts } from '../../runtime/hosts.js';
import type { CommandIntake } from '../command-intake.js';
import { movedUrl } from '../live/moved-url.js';
import { type IsOn, switchedOff } from '../parts.js';
import { readShowtimeId } from '../showtime-id.js';
import type { Identity, Tokens } from '../tokens.js';
import { outcomeError, ownView, replyView } from '../views.js';
import type { Exchange } from './exchange.js';
import { HttpRecipient } from './http-recipient.js';
import type { RateLimits } from './rate-limits.js';
import type { Router } from './router.js';

export interface SeatRoutesOptions {
  readonly hosts: Hosts;
  readonly tokens: Tokens;
  readonly intake: CommandIntake;
  readonly rates: RateLimits;
  readonly isOn: IsOn;
}

const SHOWTIME = '/v1/showtimes/:showtimeId';
const commandIdSchema = z.uuid().toLowerCase();

/** Seats, holds and bookings for clients without a socket: the same commands, actors and outcomes. */
export function seatRoutes(router: Router, options: SeatRoutesOptions): void {
  const { tokens } = options;

  router.on('POST', '/v1/sessions', async (exchange) => {
    if (!options.isOn('new_sessions')) return exchange.problem(switchedOff('new_sessions'));
    const tooMany = await options.rates.session(exchange);
    if (tooMany) return exchange.problem(tooMany);
    const { session, holder, expiresAt } = await tokens.guest();
    const view: SessionView = { session, holder, expiresAt };
    exchange.json(201, view);
  });

  router.on('GET', `${SHOWTIME}/seats`, async (exchange) => {
    const opened = await open(exchange, options);
    if ('code' in opened) exchange.problem(opened);
    else exchange.json(200, seatsView(opened));
  });

  router.on('GET', `${SHOWTIME}/own`, async (exchange) => {
    const identity = await identify(exchange, tokens);
    if ('code' in identity) return exchange.problem(identity);
    const opened = await open(exchange, options);
    if ('code' in opened) exchange.problem(opened);
    else {
      const view: OwnView = ownView(opened.own(identity.holder), opened.terms);
      exchange.json(200, view);
    }
  });

  router.on('GET', `${SHOWTIME}/connect`, async (exchange) => {
    const showtimeId = readShowtimeId(exchange.parameters[0]);
    const betterUrl = showtimeId && options.hosts.betterUrl(showtimeId);
    // Its owner knows whether there is such a showtime; here, it is loaded before its clients come.
    const opened = betterUrl ? undefined : await open(exchange, options);
    if (opened && 'code' in opened) return exchange.problem(opened);
    const url = showtimeId && betterUrl ? movedUrl(betterUrl, showtimeId) : `/v1/showtimes/${showtimeId}/live`;
    const view: ConnectView = { live: { url } };
    exchange.json(200, view);
  });

  const command = (method: 'POST' | 'DELETE', path: string, type: CommandType, fromPath: FromPath = () => ({})) =>
    router.on(method, SHOWTIME + path, (exchange) => handleCommand(exchange, options, type, fromPath));

  command('POST', '/holds', 'hold');
  command('POST', '/best-available', 'best_available');
  command('DELETE', '/holds/:holdId', 'release', ({ parameters, query }) => {
    const seats = query.get('seats');
    return { holdId: parameters[1], ...(seats === null ? {} : { seats: seats.split(',') }) };
  });
  command('POST', '/holds/:holdId/extend', 'extend', ({ parameters }) => ({ holdId: parameters[1] }));
  command('POST', '/bookings', 'book');
  command('POST', '/bookings/:bookingId/cancel', 'cancel', ({ parameters }) => ({ bookingId: parameters[1] }));
  command('POST', '/blocks', 'block');
  command('POST', '/blocks/remove', 'unblock');
}

type FromPath = (exchange: Exchange) => object;

async function handleCommand(
  exchange: Exchange,
  options: SeatRoutesOptions,
  type: CommandType,
  fromPath: FromPath,
): Promise<void> {
  if (!options.isOn('http_commands')) return exchange.problem(switchedOff('http_commands'));
  const identity = await identify(exchange, options.tokens);
  if ('code' in identity) return exchange.problem(identity);
  const tooFast = await options.rates.command(identity.holder);
  if (tooFast) return exchange.problem(tooFast);
  const body = await exchange.readJson();
  if (!body.ok) return exchange.problem(body.error);
  const message = readCommand(exchange, type, body.value, fromPath(exchange));
  if ('code' in message) return exchange.problem(message);
  const host = await open(exchange, options);
  if ('code' in host) return exchange.problem(host);
  const taken = options.intake.take(message, identity);
  if (!taken.ok) return exchange.problem(taken.error);
  const recipient = new HttpRecipient(identity.holder);
  host.submit(taken.submission, recipient);
  const outcome = await recipient.outcome;
  if (!outcome.ok) return exchange.problem(outcomeError(outcome, host.terms.rules));
  const { type: _type, id: _id, ok: _ok, ...result } = { ...replyView(0, outcome, host.terms) };
  exchange.json(200, result);
}

function readCommand(exchange: Exchange, type: CommandType, body: object, fromPath: object) {
  const commandId = commandIdSchema.safeParse(exchange.header('idempotency-key'));
  if (!commandId.success) {
    const message = 'The header Idempotency-Key is a UUID of your making: the same for each try of one command.';
    return wireError('invalid_field', message, { field: 'Idempotency-Key' });
  }
  // What the path says cannot be said again in the body, nor can the envelope: of two one would be ignored.
  const twice = Object.keys(body).find((name) => Object.hasOwn(fromPath, name));
  if (twice !== undefined) return wireError('invalid_field', `"${twice}" is said in the path.`, { field: twice });
  const fields = commandFields[type].safeParse({ ...body, ...fromPath });
  if (!fields.success) return fieldError(fields.error);
  // Who has a key may use it again, and says nothing of it when they do.
  return commandSchema.parse({ ...fields.data, type, id: 0, commandId: commandId.data, again: true });
}

async function open(exchange: Exchange, { hosts }: SeatRoutesOptions): Promise<Host | WireError> {
  const id = readShowtimeId(exchange.parameters[0]);
  const opened = id ? await hosts.open(id) : ({ ok: false, reason: 'unknown_showtime' } as const);
  if (opened.ok) return opened.host;
  if (opened.reason === 'unknown_showtime') return wireError(opened.reason, 'There is no such showtime.');
  return wireError(opened.reason, 'The showtime cannot be loaded at the moment.', { retryAfterMs: 1_000 });
}

async function identify(exchange: Exchange, tokens: Tokens): Promise<Identity | WireError> {
  const [, session] = /^Bearer ([\w.-]+)$/i.exec(exchange.header('authorization')) ?? [];
  if (session === undefined) return wireError('unauthorized', 'Send a session as `Authorization: Bearer …`.');
  const identity = await tokens.verify(session);
  return typeof identity === 'string' ? wireError('unauthorized', identity) : identity;
}

function seatsView({ epoch, seq, statuses }: Host): SeatsView {
  const counts = [0, 0, 0, 0];
  for (const code of statuses) counts[code] = (counts[code] ?? 0) + 1;
  const [available = 0, held = 0, booked = 0, blocked = 0] = counts;
  return { epoch, seq, seats: spellStatuses(statuses), counts: { available, held, booked, blocked } };
}
