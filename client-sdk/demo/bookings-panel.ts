/** What has been booked: the ticket just bought, large, and the list of all of this showtime. */
import type { ShowtimeView } from '../../src/protocol/http.js';
import type { BookingView, ShowtimeClient } from '../src/index.js';
import { element } from './element.js';
import { ErrorLine } from './error-line.js';
import { longDate, money, ownTime, time } from './formats.js';

export interface Ticket {
  readonly element: HTMLElement;
  /** The heading: focus it when the ticket is shown, as what was pressed is gone. */
  readonly title: HTMLElement;
  /** Says so where the booking was cancelled, here or elsewhere. `bookings`: all of this showtime, by the live state. */
  update(bookings: readonly BookingView[]): void;
}

/** The ticket that replaces the order after paying. */
export function ticketCard(booking: BookingView, showtime: ShowtimeView, onClose: () => void): Ticket {
  const { startsAtLocal } = showtime;
  const title = element('h2', { tabIndex: -1 }, 'Booked. Enjoy the film.');
  const label = element('p', { className: 'reference-label' }, 'Your booking reference');
  const card = element(
    'section',
    { className: 'card ticket' },
    title,
    label,
    element('p', { className: 'reference' }, booking.reference),
    element(
      'dl',
      {},
      ...fact('Film', showtime.movie.title),
      ...fact('When', [longDate(startsAtLocal), time(startsAtLocal), ownTime(showtime)].filter(Boolean).join(', ')),
      ...fact('Where', `${showtime.hall.name}, ${showtime.venue.name}`),
      ...fact(booking.seats.length === 1 ? 'Seat' : 'Seats', booking.seats.join(', ')),
      ...fact('Paid', money(booking.price)),
    ),
    element('button', { type: 'button', className: 'wide', onclick: onClose }, 'Choose more seats'),
  );
  const update = (bookings: readonly BookingView[]) => {
    const now = bookings.find(({ id }) => id === booking.id);
    // A list without it is the server's: it names confirmed bookings only.
    if (now?.status === 'confirmed' || card.classList.contains('cancelled')) return;
    card.classList.add('cancelled');
    title.textContent = 'Cancelled. The seats are free again.';
    label.textContent = 'The booking was';
  };
  return { element: card, title, update };
}

function fact(name: string, value: string): [HTMLElement, HTMLElement] {
  return [element('dt', {}, name), element('dd', {}, value)];
}

export class BookingsPanel {
  readonly element = element('section', {
    className: 'card bookings',
    'aria-labelledby': 'bookings-title',
    hidden: true,
  });
  readonly #list = element('ul', {});
  readonly #error = new ErrorLine();
  #shown: readonly BookingView[] | undefined;

  readonly #client: ShowtimeClient;

  constructor(client: ShowtimeClient) {
    this.#client = client;

    this.element.append(
      element('h2', { id: 'bookings-title' }, 'Your bookings for this showtime'),
      this.#list,
      this.#error.element,
    );
    this.update();
  }

  update(): void {
    const { bookings, stale } = this.#client.getSnapshot();
    this.#error.update(stale);
    if (bookings === this.#shown) return;
    this.#shown = bookings;
    this.element.hidden = bookings.length === 0;
    this.#list.replaceChildren(...bookings.map((booking) => this.#entry(booking)));
  }

  #entry(booking: BookingView): HTMLElement {
    const cancelled = booking.status === 'cancelled';
    return element(
      'li',
      { className: cancelled ? 'cancelled' : '' },
      element('strong', {}, booking.reference),
      element('span', {}, `${booking.seats.join(', ')} · ${money(booking.price)}${cancelled ? ' · cancelled' : ''}`),
      !cancelled && this.#cancelButton(booking),
    );
  }

  /** Asks once more before it gives the seats away: there is no undo. */
  #cancelButton(booking: BookingView): HTMLElement {
    const button = element('button', { type: 'button', className: 'quiet' }, 'Cancel booking');
    let asked = false;
    button.onblur = () => {
      asked = false;
      button.textContent = 'Cancel booking';
    };
    button.onclick = async () => {
      if (!asked) {
        asked = true;
        button.textContent = 'Really cancel?';
        return;
      }
      button.disabled = true;
      const result = await this.#client.cancel(booking.id);
      button.disabled = false;
      if (result.ok) this.#error.clear();
      else this.#error.say(result.error);
    };
    return button;
  }
}
