/** `?near=K-12,K-13` in the address, as the mail about late money has it: the seats that were wanted, or the nearest free ones. */
import type { ShowtimeClient } from '../src/index.js';
import { element } from './element.js';
import { ErrorLine } from './error-line.js';

const SEATS_MAX = 20;

/** The labels that the address names. */
export function nearOf(search: string): readonly string[] {
  const labels = (new URLSearchParams(search).get('near') ?? '').split(',').filter((label) => label !== '');
  return [...new Set(labels)].slice(0, SEATS_MAX);
}

/**
 * A card that offers those seats, or the nearest free ones in their place, until they are held or it is put away. It is empty until
 * the map is live, and offers others when somebody takes one.
 *
 * @param onHeld called with the labels, so that the map can show them
 */
export function nearestOffer(
  client: ShowtimeClient,
  wanted: readonly string[],
  onHeld: (seats: readonly string[]) => void,
): { readonly element: HTMLElement; update(): void } {
  const card = element('section', { className: 'card near', 'aria-labelledby': 'near-title', hidden: true });
  const text = element('p', { className: 'outcome', role: 'status' });
  const error = new ErrorLine();
  const take = element('button', { className: 'wide primary', type: 'button' }, 'Hold these seats');
  const leave = element('button', { type: 'button' }, 'No, thank you');
  card.append(element('h2', { id: 'near-title' }, 'Seats near those you wanted'), text, take, leave, error.element);
  let offered: readonly string[] = [];
  let isOver = wanted.length === 0;
  const end = () => {
    isOver = true;
    card.hidden = true;
    forget();
  };
  const update = () => {
    error.update(client.getSnapshot().stale);
    if (isOver || isHeldBack(take) || (offered.length > 0 && offered.every((seat) => isFree(client, seat)))) return;
    offered = nearest(client, wanted);
    if (offered.length === 0 && card.hidden) return;
    card.hidden = false;
    take.hidden = offered.length === 0;
    const isSame = offered.every((seat) => wanted.includes(seat));
    text.textContent =
      offered.length === 0
        ? `Nothing like ${wanted.join(', ')} is free any more.`
        : `${offered.join(', ')}: free now${isSame ? '' : `, nearest to ${wanted.join(', ')}`}.`;
  };
  leave.onclick = end;
  take.onclick = async () => {
    if (isHeldBack(take)) return;
    take.setAttribute('aria-disabled', 'true');
    error.clear();
    const result = await client.hold(offered);
    take.removeAttribute('aria-disabled');
    if (result.ok) {
      onHeld(result.hold.seats);
      end();
      return;
    }
    error.say(result.error);
    update();
  };
  return { element: card, update };
}

/** One free seat for each that was wanted, none twice; fewer where there are no more. */
function nearest(client: ShowtimeClient, wanted: readonly string[]): readonly string[] {
  const found = new Set(wanted.filter((seat) => isFree(client, seat)));
  for (const seat of wanted) {
    if (isFree(client, seat)) continue;
    const free = client.nearestAvailable(seat, found);
    if (free !== undefined) found.add(free);
  }
  return [...found];
}

function isFree(client: ShowtimeClient, seat: string): boolean {
  return client.statusOf(seat) === 'available';
}

function isHeldBack(button: HTMLElement): boolean {
  return button.getAttribute('aria-disabled') === 'true';
}

/** A page that is loaded again, or another showtime, offers nothing. */
function forget(): void {
  const address = new URL(location.href);
  address.searchParams.delete('near');
  history.replaceState(history.state, '', address);
}
