/** The chosen seats, what they cost, how long they are held, and the way to pay for them. */

import type { Money } from '../../src/protocol/money.js';
import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import type { BookingView, HoldView, ShowtimeClient } from '../src/index.js';
import { runHoldClock } from '../src/picker/hold-clock.js';
import { element } from './element.js';
import { ErrorLine } from './error-line.js';
import { money } from './formats.js';
import { priceLines } from './price-lines.js';

export interface OrderOptions {
  readonly client: ShowtimeClient;
  readonly map: SeatMapDocument;
  readonly prices: readonly { readonly category: string; readonly price: Money }[];
  onBooked(booking: BookingView): void;
}

export class OrderPanel {
  readonly element = element('section', { className: 'card order', id: 'order', 'aria-labelledby': 'order-title' });
  readonly #clockFace = element('span', { className: 'clock', 'aria-hidden': 'true' });
  /** Stops the clock. */
  readonly stop: () => void;
  readonly #body = element('div', {});
  readonly #error = new ErrorLine();
  #shown: readonly HoldView[] | undefined;
  #payButtons: HTMLButtonElement[] = [];

  readonly #options: OrderOptions;

  constructor(options: OrderOptions) {
    this.#options = options;

    // The picker's own clock warns aloud; this one is for the eye.
    this.stop = runHoldClock(this.#clockFace, options.client);
    this.element.append(
      element('div', { className: 'order-head' }, element('h2', { id: 'order-title' }, 'Your seats'), this.#clockFace),
      this.#body,
      this.#error.element,
    );
    this.update();
  }

  update(): void {
    const { holds, stale, busy } = this.#options.client.getSnapshot();
    this.#error.update(stale);
    if (holds !== this.#shown) this.#show(holds);
    // A seat is on its way into the order or out of it: what the button says is about to change.
    for (const button of this.#payButtons) button.disabled = busy;
  }

  #show(holds: readonly HoldView[]): void {
    const focused = this.element.contains(document.activeElement);
    this.#shown = holds;
    this.#payButtons = [];
    if (holds.length === 0) {
      this.#body.replaceChildren(
        element('p', { className: 'hint' }, 'Choose seats on the map, or let us find the best ones.'),
      );
    } else {
      this.#body.replaceChildren(...holds.map((hold) => this.#holdCard(hold)));
    }
    // What had the focus is gone; the panel keeps it from falling to the top of the page.
    if (focused && !this.element.contains(document.activeElement)) {
      this.element.tabIndex = -1;
      this.element.focus({ preventScroll: true });
    }
  }

  #holdCard(hold: HoldView): HTMLElement {
    const { map, prices, client } = this.#options;
    const lines = priceLines(hold, map, client.getSnapshot().terms?.prices ?? prices);
    const list = element(
      'table',
      { className: 'lines' },
      element('caption', { className: 'unseen' }, 'Price by category'),
      element(
        'tbody',
        {},
        ...lines.map(({ category, seats, each, total }) =>
          element(
            'tr',
            {},
            element(
              'th',
              { scope: 'row' },
              element('span', { className: 'lines-seats' }, ...seats.flatMap(seatName)),
              ` ${category}`,
            ),
            element('td', {}, each === undefined ? '' : `${seats.length} × ${money(each)}`),
            element('td', { className: 'sum' }, total === undefined ? '' : money(total)),
          ),
        ),
      ),
      element(
        'tfoot',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'row', colSpan: 2 }, 'Total'),
          element('td', { className: 'sum' }, money(hold.price)),
        ),
      ),
    );
    return element('div', { className: 'hold' }, list, this.#payForm(hold), this.#sideActions(hold));
  }

  #payForm(hold: HoldView): HTMLElement {
    const choice = (value: string, text: string, checked: boolean) =>
      element(
        'label',
        { className: 'choice' },
        element('input', { type: 'radio', name: `card-${hold.id}`, value, checked }),
        element('span', {}, text),
      );
    const button = element('button', { className: 'primary wide', type: 'submit' }, `Pay ${money(hold.price)}`);
    this.#payButtons.push(button);
    const form = element(
      'form',
      { className: 'pay' },
      element(
        'fieldset',
        {},
        element('legend', {}, 'Pay with'),
        choice('', 'Test card', true),
        choice('decline', 'Test card that is declined', false),
      ),
      button,
    );
    form.onsubmit = async (event) => {
      event.preventDefault();
      const token = String(new FormData(form).get(`card-${hold.id}`) ?? '');
      const payment = token === '' ? ({ method: 'test' } as const) : ({ method: 'test', token } as const);
      await this.#run(button, 'Paying…', async () => {
        const result = await this.#options.client.book(hold, payment);
        if (!result.ok) return this.#error.say(result.error);
        this.#options.onBooked(result.booking);
      });
    };
    return form;
  }

  #sideActions(hold: HoldView): HTMLElement {
    const { client } = this.#options;
    const more = element('button', { type: 'button', className: 'quiet' }, 'More time');
    more.hidden = hold.extensionsLeft === 0;
    more.onclick = () =>
      this.#run(more, 'Asking…', async () => {
        const result = await client.extend(hold.id);
        if (!result.ok) this.#error.say(result.error);
      });
    const release = element('button', { type: 'button', className: 'quiet' }, 'Release all');
    release.onclick = () =>
      this.#run(release, 'Releasing…', async () => {
        const result = await client.release(hold.id);
        if (!result.ok) this.#error.say(result.error);
      });
    return element('div', { className: 'actions' }, more, release);
  }

  /** Runs once however often it is pressed, and says so on the button. */
  async #run(button: HTMLButtonElement, busy: string, action: () => Promise<void>): Promise<void> {
    if (button.getAttribute('aria-disabled') === 'true') return;
    const text = button.textContent;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = busy;
    this.#error.clear();
    await action();
    button.removeAttribute('aria-disabled');
    button.textContent = text;
  }
}

/** A label that never breaks at its dash, and the room for a line break after it. */
function seatName(label: string): [HTMLElement, string] {
  return [element('span', { className: 'seat' }, label), ' '];
}
