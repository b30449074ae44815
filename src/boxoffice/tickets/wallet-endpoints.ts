import { z } from 'zod';
import { bytesSchema } from '../../http/bytes.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { googleSaveUrl } from './google-pass.js';
import { type DocumentParts, fileHeaders, linked, openLink, PRIVATE, printed } from './open-document.js';
import { codeOf } from './ticket-parts.js';
import { sheetOf } from './ticket-sheet.js';
import type { Ticket } from './ticket-store.js';

/** A ticket for the wallet of a phone, where the operator has set the certificate or the key for it. */
export function walletEndpoints(parts: DocumentParts): readonly Endpoint[] {
  return [appleEndpoint(parts), googleEndpoint(parts)];
}

function appleEndpoint(parts: DocumentParts): Endpoint {
  const { apple } = parts.wallets;
  const off = wireError('not_found', 'This server makes no passes for Apple Wallet.');
  return endpoint({
    ...linked,
    id: 'getApplePass',
    path: '/v1/tickets/{ticketId}/wallets/apple',
    summary: 'The ticket as a signed pass of Apple Wallet; not found where the server has no certificate for it.',
    mediaType: 'application/vnd.apple.pkpass',
    reply: bytesSchema,
    errors: ['not_found', 'invalid_link', 'overloaded'],
    handle: async ({ parameters: { ticketId }, query: { link } }) => {
      if (!apple) return { ok: false, error: off };
      const opened = await openLink(parts, ticketId, link);
      if (!opened.ok) return opened;
      const { ticket } = opened;
      const { id, generation, orderId, showtime, seat } = ticket;
      const pass = {
        sheet: sheetOf(ticket, codeOf(parts, ticket)),
        serialNumber: `${id}-${generation}`,
        groupId: orderId,
        place: { hall: showtime.hall, row: await rowOf(parts, ticket), seat },
        ...{ startsAt: showtime.startsAt, endsAt: showtime.endsAt },
      };
      return await printed(() => parts.printer.pass(pass, apple), fileHeaders(ticket, 'attachment', 'pkpass'));
    },
  });
}

function googleEndpoint(parts: DocumentParts): Endpoint {
  const off = wireError('not_found', 'This server makes no passes for Google Wallet.');
  return endpoint({
    ...linked,
    id: 'getGooglePass',
    path: '/v1/tickets/{ticketId}/wallets/google',
    summary: 'The address that saves the ticket to Google Wallet; not found where the server has no key for it.',
    reply: z.object({
      url: z.string().meta({ description: 'Of Google, with the ticket in it: for a link of a page.' }),
    }),
    errors: ['not_found', 'invalid_link'],
    handle: async ({ parameters: { ticketId }, query: { link } }) => {
      const opened = await openLink(parts, ticketId, link);
      if (!opened.ok) return opened;
      const url = await googleUrlOf(parts, opened.ticket);
      return url === undefined ? { ok: false, error: off } : { ok: true, body: { url }, headers: PRIVATE };
    },
  });
}

/** Undefined: the server has no key for it. */
export async function googleUrlOf(parts: DocumentParts, ticket: Ticket): Promise<string | undefined> {
  const { google } = parts.wallets;
  if (!google) return undefined;
  const sheet = sheetOf(ticket, codeOf(parts, ticket));
  return await googleSaveUrl(google, ticket, await rowOf(parts, ticket), sheet, parts.now());
}

async function rowOf({ labels }: DocumentParts, { showtime, seat }: Ticket): Promise<string> {
  return await labels.rowOf(showtime.seatMapHash, seat);
}
