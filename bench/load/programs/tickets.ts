/** Draws tickets as a node does, in its thread for that, one after the other. */
import { randomInt } from 'node:crypto';
import { LETTERS } from '../../../src/boxoffice/tickets/letters.js';
import { TicketPrinter } from '../../../src/boxoffice/tickets/ticket-printer.js';
import type { TicketSheet } from '../../../src/boxoffice/tickets/ticket-sheet.js';
import { serveOrders } from '../serve-orders.js';

export interface Printing {
  /** The bundle of print-worker.ts. */
  readonly script: string;
  readonly tickets: number;
}

/** Letters of a code, as the box office signs them. */
const CODE_LETTERS = 48;
/** Of each alphabet that the fonts have: titles differ least of all that is on tickets. */
const TITLES = ['Premiere Rush', 'Звёздный путь', 'Ταξίδι στα Κύθηρα', 'पथेर पांचाली'];

let printer: TicketPrinter | undefined;

const orders = {
  /** @returns milliseconds of processor time of each ticket, all threads. */
  async print({ script, tickets }: Printing): Promise<Float64Array> {
    printer ??= new TicketPrinter(script);
    const spent = new Float64Array(tickets);
    for (let i = 0; i < tickets; i++) {
      const before = process.cpuUsage();
      const pdf = await printer.print([sheet(i)]);
      const { user, system } = process.cpuUsage(before);
      if (pdf.toString('latin1', 0, 5) !== '%PDF-') throw new Error('That is no PDF.');
      spent[i] = (user + system) / 1_000;
    }
    return spent;
  },
};

export type TicketsOrders = typeof orders;
serveOrders(orders);

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

function sheet(nth: number): TicketSheet {
  return {
    lang: 'en',
    code: letters(CODE_LETTERS),
    reference: `${letters(4)} ${letters(4)} ${letters(4)}`,
    title: TITLES[nth % TITLES.length] ?? '',
    rating: 'PG-13',
    when: 'Saturday, January 31, 2026 at 8:00 PM',
    venue: 'Grand Palace',
    address: 'Long Street 12, Nowhere',
    fields: [
      { label: 'Hall', value: 'Grand Hall' },
      { label: 'Seat', value: `Stalls ${1 + (nth % 30)}-${1 + (nth % 41)}` },
      { label: 'Ticket', value: 'Adult, Stalls' },
    ],
    owner: `Buyer ${letters(7)}`,
    order: `Order ${letters(12)}`,
    help: 'Show this code at the entrance, on paper or on a screen. It admits one person, once.',
    issuedAt: 1_760_000_000_000,
  };
}
