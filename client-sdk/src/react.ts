import { type HTMLAttributes, type RefAttributes, useSyncExternalStore } from 'react';
import type { ShowtimeClient } from './client.js';
import type { ClientState } from './client-state.js';
import type { Messages } from './picker/messages.js';
import type { PickerEvents } from './picker/picker-events.js';
import type { CategoryPrice } from './picker/seat-naming.js';
import type { UsherSeatPicker } from './picker/seat-picker.js';

type PickerListeners = { readonly [Name in keyof PickerEvents as `on${Name}`]?: PickerListener<Name> };
type PickerListener<Name extends keyof PickerEvents> = (event: CustomEvent<PickerEvents[Name]>) => void;

/** What `<usher-seat-picker>` takes in JSX: React 19 sets properties and listens to events of custom elements. */
export interface UsherSeatPickerAttributes
  extends HTMLAttributes<UsherSeatPicker>,
    RefAttributes<UsherSeatPicker>,
    PickerListeners {
  readonly server?: string;
  readonly showtime?: string;
  readonly legend?: boolean;
  readonly name?: string;
  readonly client?: ShowtimeClient;
  readonly prices?: readonly CategoryPrice[];
  readonly messages?: Partial<Messages>;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'usher-seat-picker': UsherSeatPickerAttributes;
    }
  }
}

/**
 * The client's state, which renders the component again when it changes. The component that makes the client connects and
 * closes it, in an effect.
 */
export function useShowtime(client: Pick<ShowtimeClient, 'subscribe' | 'getSnapshot'>): ClientState {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getSnapshot);
}
