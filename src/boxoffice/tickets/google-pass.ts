import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { offsetMs } from '../catalogue/venue-time.js';
import type { TicketSheet } from './ticket-sheet.js';
import type { Ticket, TicketShowtime } from './ticket-store.js';

export interface GoogleIssuer {
  readonly issuerId: string;
  readonly email: string;
  readonly key: KeyObject;
}

/**
 * What Google documents as the safe length of the JWT in a link: browsers may cut longer ones.
 * https://developers.google.com/wallet/tickets/events/web
 */
const JWT_LENGTH_SAFE = 1_800;
const SAVE_URL = 'https://pay.google.com/gp/v/save/';

const accountSchema = z.object({ client_email: z.email(), private_key: z.string().min(1) });

/**
 * Reads the key file of a service account, as Google hands it out.
 * @throws Error with a sentence for the operator; it has no part of the key.
 */
export function readGoogleIssuer(issuerId: string, keyFile: string): GoogleIssuer {
  try {
    const account = accountSchema.parse(JSON.parse(keyFile));
    const key = createPrivateKey(account.private_key);
    if (key.asymmetricKeyType === 'rsa') return { issuerId, email: account.client_email, key };
  } catch {
    // What went wrong may have parts of the key in its message.
  }
  throw new Error(
    'GOOGLE_WALLET_KEY is no JSON key file of a service account: it has client_email, and an RSA key as private_key.',
  );
}

/** The address that saves a ticket to Google Wallet: a signed JWT with the ticket and its showtime, which Google then makes. */
export async function googleSaveUrl(
  issuer: GoogleIssuer,
  ticket: Ticket,
  row: string,
  sheet: TicketSheet,
  issuedAt: number,
): Promise<string> {
  const of = { iss: issuer.email, aud: 'google', typ: 'savetowallet', iat: Math.floor(issuedAt / 1_000) };
  const claimsOf = (detail: Detail) => ({ ...of, payload: payloadOf(issuer, { ticket, row, sheet, detail }) });
  const fits = (detail: Detail) => lengthOf(claimsOf(detail), issuer.key) <= JWT_LENGTH_SAFE;
  const claims = claimsOf(DETAILS.find(fits) ?? LEAST);
  const jwt = await new SignJWT(claims).setProtectedHeader(HEADER).sign(issuer.key);
  return `${SAVE_URL}${jwt}`;
}

const HEADER = { alg: 'RS256', typ: 'JWT' };

/** Of the JWT, before it is signed: header, claims and a signature as long as its key, in base64url with dots between. */
function lengthOf(claims: object, { asymmetricKeyDetails }: KeyObject): number {
  const bytes = [JSON.stringify(HEADER), JSON.stringify(claims)].map((text) => Buffer.byteLength(text));
  const signature = Math.ceil((asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return [...bytes, signature].reduce((sum, each) => sum + Math.ceil((each * 4) / 3) + 1, -1);
}

/**
 * What a link has room for, the most first: how many of the names that may be left out, whether the whole address and the row, and
 * how long names may be. Title, time, venue, hall, seat, code and reference are in each.
 */
interface Detail {
  readonly names: number;
  readonly whole: boolean;
  readonly lettersMax: number;
}
const LEAST: Detail = { names: 0, whole: false, lettersMax: 20 };
const ENDLESS = Number.POSITIVE_INFINITY;
const DETAILS: readonly Detail[] = [
  ...[4, 3, 2, 1, 0].map((names) => ({ names, whole: true, lettersMax: ENDLESS })),
  ...[ENDLESS, 60, 40, 30].map((lettersMax) => ({ names: 0, whole: false, lettersMax })),
  LEAST,
];

interface Pass {
  readonly ticket: Ticket;
  readonly row: string;
  readonly sheet: TicketSheet;
  readonly detail: Detail;
}

/**
 * A class and an object of the REST API:
 * https://developers.google.com/wallet/reference/rest/v1/eventticketclass and …/eventticketobject
 */
function payloadOf({ issuerId }: GoogleIssuer, { ticket, row, sheet, detail }: Pass) {
  const { showtime, ticketType, category } = ticket;
  const cut = (text: string) => cutTo(text, detail.lettersMax);
  const said = (value: string) => ({ defaultValue: { language: sheet.lang, value: cut(value) } });
  const classId = `${issuerId}.${shortOf(showtime.id)}`;
  const address = detail.whole ? sheet.address : showtime.city;
  const showtimeClass = {
    id: classId,
    issuerName: cut(showtime.venue),
    reviewStatus: 'UNDER_REVIEW',
    eventName: said(showtime.title),
    // A venue needs both.
    venue: { name: said(showtime.venue), address: said(address === '' ? showtime.venue : address) },
    dateTime: { start: localWithOffset(showtime) },
  };
  const names = [
    { ticketType: said(ticketType === '' ? category : ticketType) },
    { reservationInfo: { confirmationCode: ticket.orderReference } },
    sheet.owner === '' ? {} : { ticketHolderName: sheet.owner },
    { ticketNumber: ticket.reference },
  ];
  const ticketObject = {
    // Another one after the ticket was passed on: the first owner's keeps its old code, which is refused.
    id: `${issuerId}.${shortOf(ticket.id)}.${ticket.generation}`,
    classId,
    state: 'ACTIVE',
    // The label of a seat is unique in its hall, so the row may be left out.
    seatInfo: {
      seat: { defaultValue: { language: sheet.lang, value: ticket.seat } },
      ...(row === '' || !detail.whole ? {} : { row: said(row) }),
      section: said(showtime.hall),
    },
    barcode: { type: 'QR_CODE', value: sheet.code, alternateText: sheet.reference },
    ...Object.assign({}, ...names.slice(0, detail.names)),
  };
  return { eventTicketClasses: [showtimeClass], eventTicketObjects: [ticketObject] };
}

function cutTo(text: string, lettersMax: number): string {
  const letters = [...text];
  return letters.length <= lettersMax ? text : `${letters.slice(0, lettersMax - 1).join('')}…`;
}

/** An id of Google has letters, digits, `.`, `_` and `-`: a UUID in 22 of them. What is no UUID stays as it is. */
function shortOf(id: string): string {
  const hex = id.replaceAll('-', '');
  return /^[0-9a-f]{32}$/i.test(hex) ? Buffer.from(hex, 'hex').toString('base64url') : id;
}

/** `2026-01-31T20:00:00+01:00`. The part before the offset is what Google shows, so UTC would be shown as a wrong time. */
function localWithOffset({ startsAt, startsAtLocal, timeZone }: TicketShowtime): string {
  const minutes = Math.round(offsetMs(startsAt, timeZone) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${startsAtLocal}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
