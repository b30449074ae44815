import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { wordsOf } from './ticket-sheet.js';
import type { Ticket } from './ticket-store.js';

/**
 * The evening as an iCalendar file (RFC 5545). All times are UTC: with a zone, ical-generator 10.2.0 writes the clock of the
 * server under the name of the venue's zone.
 * @param tickets of one order; those of one showtime are one event.
 */
export function calendarOf(tickets: readonly Ticket[], now: number): string {
  const calendar = ical({ prodId: '//Usher//Tickets//EN', method: ICalCalendarMethod.PUBLISH });
  for (const together of byShowtime(tickets)) {
    const [{ showtime, orderReference, orderId, locale }] = together;
    const words = wordsOf(locale);
    const seats = together.map(({ seat }) => seat).join(', ');
    const place = [showtime.venue, showtime.address, showtime.city].filter((part) => part !== '').join(', ');
    calendar.createEvent({
      // Stable, so that a file that is opened again replaces its event.
      id: `${showtime.id}.${orderId}@usher`,
      start: new Date(showtime.startsAt),
      end: new Date(showtime.endsAt),
      stamp: new Date(now),
      summary: showtime.title,
      location: place,
      description: `${words.hall}: ${showtime.hall}\n${words.seat}: ${seats}\n${words.order} ${orderReference}`,
      status: showtime.isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    });
  }
  return calendar.toString();
}

function byShowtime(tickets: readonly Ticket[]): readonly (readonly [Ticket, ...Ticket[]])[] {
  const groups = new Map<string, [Ticket, ...Ticket[]]>();
  for (const ticket of tickets) {
    const group = groups.get(ticket.showtime.id);
    if (group) group.push(ticket);
    else groups.set(ticket.showtime.id, [ticket]);
  }
  return [...groups.values()];
}
