/** The seat page of one showtime: the picker, and beside it all that leads to a booking. */
import type { ShowtimeView } from '../../src/protocol/http.js';
import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import { createClient, type ShowtimeClient } from '../src/index.js';
import { loadShowtime } from './api.js';
import { bestAvailableForm } from './best-available-form.js';
import { BookingsPanel, type Ticket, ticketCard } from './bookings-panel.js';
import { buyerLink, buyerOf, sessionOf } from './buyer.js';
import { connectionBadge } from './connection-badge.js';
import { element } from './element.js';
import { failureCard } from './failure-card.js';
import { longDate, money, ownTime, time } from './formats.js';
import { nearestOffer, nearOf } from './nearest-offer.js';
import { OrderPanel } from './order-panel.js';

const MAP_RETRY_MS = 3_000;

/** Shows the page until `signal` aborts, which closes its connection. */
export async function showSeats(main: HTMLElement, side: HTMLElement, id: string, signal: AbortSignal): Promise<void> {
  main.replaceChildren(element('p', { className: 'waiting', role: 'status' }, 'Loading the showtime…'));
  const loaded = await loadShowtime(id);
  if (signal.aborted) return;
  if (!loaded.ok) {
    const retry = () => void showSeats(main, side, id, signal);
    main.replaceChildren(failureCard('The showtime could not be loaded', loaded.failure, retry));
    return;
  }
  const showtime = loaded.value;
  document.title = `${showtime.movie.title} – Usher`;
  const buyer = buyerOf(location.search);
  const client = createClient({ url: location.origin, showtimeId: id, sessionStore: sessionOf(buyer) });
  signal.addEventListener('abort', () => client.close());
  const connection = connectionBadge(client);
  side.replaceChildren(buyerLink(buyer, location.hash), connection.badge);
  client.subscribe(connection.update);

  const picker = element('usher-seat-picker', { client, prices: showtime.prices });
  picker.setAttribute('legend', '');
  const aside = element('div', { className: 'aside' });
  const heading = element('h1', { tabIndex: -1 }, showtime.movie.title);
  main.replaceChildren(
    element(
      'div',
      { className: 'opening' },
      element(
        'div',
        {},
        element('a', { className: 'back', href: '#/' }, 'All films'),
        heading,
        element('p', { className: 'lead' }, whenAndWhere(showtime)),
      ),
    ),
    failureSlot(client, signal),
    element('div', { className: 'seats' }, element('section', { 'aria-label': 'Seat map' }, picker), aside),
  );
  heading.focus({ preventScroll: true });
  client.connect();
  const map = await seatMapOf(client, signal);
  if (map) furnish(aside, { client, map, showtime, reveal: (seat) => picker.revealSeat(seat) }, signal);
}

/** Without a map the picker says so and offers to try again; the forms come with it. Undefined once the page is left. */
async function seatMapOf(client: ShowtimeClient, signal: AbortSignal): Promise<SeatMapDocument | undefined> {
  while (!signal.aborted) {
    const map = await client.seatMap().catch(() => undefined);
    if (map && !signal.aborted) return map;
    await new Promise((resolve) => setTimeout(resolve, MAP_RETRY_MS));
  }
  return undefined;
}

interface Furnishing {
  readonly client: ShowtimeClient;
  readonly map: SeatMapDocument;
  readonly showtime: ShowtimeView;
  reveal(seat: string): void;
}

function furnish(aside: HTMLElement, { client, map, showtime, reveal }: Furnishing, signal: AbortSignal): void {
  const bookings = new BookingsPanel(client);
  const desk = element('div', { className: 'desk' });
  let ticket: Ticket | undefined;
  const best = bestAvailableForm(client, map, (seats) => {
    if (seats[0] !== undefined) reveal(seats[0]);
  });
  const order = new OrderPanel({
    client,
    map,
    prices: showtime.prices,
    onBooked(booking) {
      ticket = ticketCard(booking, showtime, () => {
        ticket = undefined;
        desk.replaceChildren(order.element, best.element);
        order.element.tabIndex = -1;
        order.element.focus();
      });
      desk.replaceChildren(ticket.element);
      ticket.title.focus();
    },
  });
  const bar = summaryBar(client, order.element);
  const near = nearestOffer(client, nearOf(location.search), (seats) => {
    if (seats[0] !== undefined) reveal(seats[0]);
  });
  desk.append(near.element, order.element, best.element);
  aside.replaceChildren(desk, bookings.element, bar.element);
  const stop = client.subscribe(() => {
    order.update();
    bookings.update();
    best.update();
    near.update();
    ticket?.update(client.getSnapshot().bookings);
    bar.update();
  });
  near.update();
  signal.addEventListener('abort', () => {
    stop();
    order.stop();
  });
}

/** On small screens the order is far below the map; this bar keeps the total in sight and leads there. */
function summaryBar(client: ShowtimeClient, target: HTMLElement): { readonly element: HTMLElement; update(): void } {
  const text = element('span', {});
  const button = element('button', { type: 'button', className: 'primary' }, 'To payment');
  button.onclick = () => {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'start' });
  };
  const bar = element('div', { className: 'summary', hidden: true }, text, button);
  // The end of the order, not its first pixel: the bar goes when the way to pay is there instead of it.
  const end = element('div', {});
  target.append(end);
  let orderInView = false;
  const update = () => {
    const { holds } = client.getSnapshot();
    const [first] = holds;
    bar.hidden = !first || orderInView;
    if (!first) return;
    const seats = holds.reduce((sum, hold) => sum + hold.seats.length, 0);
    const amount = holds.reduce((sum, hold) => sum + hold.price.amount, 0);
    text.textContent = `${seats} ${seats === 1 ? 'seat' : 'seats'} · ${money({ amount, currency: first.price.currency })}`;
  };
  new IntersectionObserver((entries) => {
    orderInView = entries.at(-1)?.isIntersecting ?? false;
    update();
  }).observe(end);
  update();
  return { element: bar, update };
}

/** A connection that the server ended for good: said above the map, with the one thing that can help. */
function failureSlot(client: ShowtimeClient, signal: AbortSignal): HTMLElement {
  const slot = element('div', { className: 'slot', role: 'alert' });
  const update = () => {
    const failed = client.getSnapshot().connection.state === 'failed';
    if (failed === slot.hasChildNodes()) return;
    const retry = element(
      'button',
      { type: 'button', className: 'primary', onclick: () => client.connect() },
      'Connect again',
    );
    const text = element('p', {}, 'The live connection has ended. Your seats stay held while their time runs.');
    if (failed) slot.replaceChildren(text, retry);
    else slot.replaceChildren();
  };
  signal.addEventListener('abort', client.subscribe(update));
  return slot;
}

function whenAndWhere(showtime: ShowtimeView): string {
  const { startsAtLocal, hall, venue } = showtime;
  const when = [longDate(startsAtLocal), time(startsAtLocal), ownTime(showtime)];
  return [...when, hall.name, `${venue.name}, ${venue.city}`].filter(Boolean).join(' · ');
}
