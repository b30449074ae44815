import { PKPass } from 'passkit-generator';
import type { PassSigner } from './pass-signer.js';
import { png } from './qr-picture.js';
import type { TicketSheet } from './ticket-sheet.js';

/** A ticket as a pass of Apple Wallet. */
export interface PassWork {
  readonly sheet: TicketSheet;
  /** Another pass after the ticket was passed on: the one of the first owner keeps its old code, which is refused. */
  readonly serialNumber: string;
  /** Passes of one order lie on one another. */
  readonly groupId: string;
  readonly place: { readonly hall: string; readonly row: string; readonly seat: string };
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly endsAt: number;
}

const LOOKS = {
  backgroundColor: 'rgb(255,255,255)',
  foregroundColor: 'rgb(17,17,17)',
  labelColor: 'rgb(85,85,85)',
} as const;

/**
 * The signed archive. It costs some ten milliseconds of a core, so it is made in the thread that draws PDFs.
 *
 * passkit-generator 3.6.1 drops keys that it does not know without a word; what must be in the pass is looked for in a test.
 */
export function makeApplePass(work: PassWork, signer: PassSigner): Buffer {
  const { sheet, startsAt, endsAt } = work;
  const { wwdr, signerCert, signerKey, passTypeIdentifier, teamIdentifier } = signer;
  const icons = { 'icon.png': icon(29), 'icon@2x.png': icon(58), 'icon@3x.png': icon(87) };
  const pass = new PKPass(
    icons,
    { wwdr, signerCert, signerKey },
    {
      serialNumber: work.serialNumber,
      groupingIdentifier: work.groupId,
      passTypeIdentifier,
      teamIdentifier,
      organizationName: sheet.venue,
      description: `${sheet.title}, ${sheet.venue}`,
      semantics: semanticsOf(work),
      ...LOOKS,
    },
  );
  pass.type = 'eventTicket';
  addFields(pass, sheet);
  pass.setBarcodes({
    message: sheet.code,
    format: 'PKBarcodeFormatQR',
    messageEncoding: 'iso-8859-1',
    altText: sheet.reference,
  });
  // The instant at which the pass comes to the lock screen. `relevantDates` is refused unless this stands beside it.
  pass.setRelevantDate(new Date(startsAt));
  pass.setExpirationDate(new Date(endsAt));
  return pass.getAsBuffer();
}

/** What people read. `sheet.when` is a text by the clocks of the venue: a date would be shown by those of the phone. */
function addFields(pass: PKPass, { title, venue, when, address, fields, order, owner, help }: TicketSheet): void {
  const [hall, seat, kind] = fields.map(({ label, value }) => ({ label, value }));
  if (hall) pass.headerFields.push({ key: 'hall', ...hall });
  pass.primaryFields.push({ key: 'title', label: venue, value: title });
  pass.secondaryFields.push({ key: 'when', label: '', value: when });
  if (seat) pass.auxiliaryFields.push({ key: 'seat', ...seat });
  if (kind) pass.auxiliaryFields.push({ key: 'kind', ...kind });
  pass.backFields.push(
    { key: 'address', label: venue, value: address },
    { key: 'order', label: owner, value: order },
    { key: 'help', label: '', value: help },
  );
}

/** What the phone understands: for its suggestions, its calendar and people who have it read out. */
function semanticsOf({ sheet, place, startsAt, endsAt }: PassWork) {
  return {
    eventType: 'PKEventTypeGeneric' as const,
    eventName: sheet.title,
    eventStartDate: new Date(startsAt).toISOString(),
    eventEndDate: new Date(endsAt).toISOString(),
    venueName: sheet.venue,
    venueRoom: place.hall,
    seats: [
      { seatIdentifier: place.seat, seatNumber: place.seat, ...(place.row === '' ? {} : { seatRow: place.row }) },
    ],
  };
}

/** A dark square: phones refuse a pass without an icon. Eight bits of grey a pixel. */
function icon(size: number): Buffer {
  const line = Buffer.alloc(1 + size, 0x22);
  line[0] = 0;
  return png(size, Buffer.from([8, 0]), Buffer.concat(Array.from({ length: size }, () => line)));
}
