/** "Three together in the stalls, please": seats chosen by the house. */
import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import type { BestAvailableQuality, BestAvailableWish, ShowtimeClient } from '../src/index.js';
import { element } from './element.js';
import { ErrorLine } from './error-line.js';

const QUALITY: Readonly<Record<BestAvailableQuality, string>> = {
  adjacent: 'next to each other',
  adjacent_leaves_gap: 'next to each other',
  same_row: 'in the same row',
  nearby: 'close to each other',
  scattered: 'the best that are left',
};

/**
 * Asking once more replaces what was found before: the new seats are held first, so that nothing is lost where there are none,
 * and then those of the suggestion before are released. Seats that were chosen on the map stay.
 * @param onFound called with the labels, so that the map can show them.
 */
export function bestAvailableForm(
  client: ShowtimeClient,
  map: SeatMapDocument,
  onFound: (seats: readonly string[]) => void,
): { readonly element: HTMLElement; update(): void } {
  const max = client.getSnapshot().limits?.seatsPerHold ?? 10;
  const count = element('input', {
    type: 'number',
    name: 'count',
    min: '1',
    max: String(max),
    value: '2',
    required: true,
  });
  const category = element(
    'select',
    { name: 'category' },
    new Option('Any category', ''),
    ...map.categories.map(({ name }) => new Option(name, name)),
  );
  const accessible = element('input', { type: 'checkbox', name: 'accessible' });
  const button = element('button', { className: 'wide', type: 'submit' }, 'Find the best seats');
  const outcome = element('p', { className: 'outcome', role: 'status' });
  const error = new ErrorLine();
  let suggested: readonly string[] = [];
  const form = element(
    'form',
    { className: 'card best', 'aria-labelledby': 'best-title' },
    element('h2', { id: 'best-title' }, 'Best available'),
    element(
      'div',
      { className: 'fields' },
      element('label', { className: 'field' }, element('span', {}, 'Seats'), count),
      element('label', { className: 'field grow' }, element('span', {}, 'Category'), category),
    ),
    map.wheelchair.length > 0 &&
      element('label', { className: 'choice' }, accessible, element('span', {}, 'With one wheelchair space')),
    button,
    outcome,
    error.element,
  );
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    error.clear();
    outcome.textContent = 'Looking…';
    const wish: BestAvailableWish = {
      count: Number(count.value),
      ...(category.value === '' ? {} : { category: category.value }),
      ...(accessible.checked ? { accessible: true } : {}),
    };
    const result = await client.bestAvailable(wish);
    button.removeAttribute('aria-disabled');
    if (!result.ok) {
      outcome.textContent = '';
      error.say(result.error);
      return;
    }
    const { seats } = result.hold;
    await release(client, suggested);
    suggested = seats;
    const quality = seats.length > 1 && result.quality ? `, ${QUALITY[result.quality]}` : '';
    outcome.textContent = `${seats.join(', ')} held for you${quality}.`;
    onFound(seats);
  };
  return { element: form, update: () => error.update(client.getSnapshot().stale) };
}

/** Gives back those of the seats that are still held. */
async function release(client: ShowtimeClient, seats: readonly string[]): Promise<void> {
  for (const hold of client.getSnapshot().holds) {
    const held = hold.seats.filter((seat) => seats.includes(seat));
    if (held.length > 0) await client.release(hold.id, held);
  }
}
