import { useSyncExternalStore } from 'react';
import type { ShowtimeClient } from './client.js';
import type { ClientState } from './client-state.js';

/**
 * The client's state, which renders the component again when it changes. Who made the client connects and closes it:
 * an effect of the component that owns it is the place.
 */
export function useShowtime(client: Pick<ShowtimeClient, 'subscribe' | 'getSnapshot'>): ClientState {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getSnapshot);
}
