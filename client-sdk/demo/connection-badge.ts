import type { ConnectionState, ShowtimeClient } from '../src/index.js';
import { element } from './element.js';

const TEXTS: Readonly<Record<ConnectionState['state'], string>> = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  connected: 'Live',
  reconnecting: 'Reconnecting…',
  suspended: 'Offline',
  failed: 'Disconnected',
  closed: 'Closed',
};

/** How live the map is, for the corner of the page. The picker speaks of it; this is only shown. */
export function connectionBadge(client: ShowtimeClient): { readonly badge: HTMLElement; update(): void } {
  const text = element('span', {});
  const badge = element(
    'p',
    { className: 'badge' },
    element('span', { className: 'lamp', 'aria-hidden': 'true' }),
    text,
  );
  const update = () => {
    const { state } = client.getSnapshot().connection;
    if (badge.dataset['state'] === state) return;
    badge.dataset['state'] = state;
    text.textContent = TEXTS[state];
  };
  update();
  return { badge, update };
}
