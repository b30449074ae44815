// @vitest-environment happy-dom
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it } from 'vitest';
import { useShowtime } from '../../../client-sdk/src/react.js';
import { liveStage } from './fake-surroundings.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let renders = 0;

function Counter({ client }: { readonly client: ReturnType<typeof liveStage>['client'] }) {
  renders += 1;
  const { counts, connection } = useShowtime(client);
  return createElement('p', null, `${counts.available} free, ${connection.state}`);
}

it('renders the state of the client, again after each change, and lets go when unmounted', () => {
  const { client, socket } = liveStage();
  const place = document.createElement('div');
  const root = createRoot(place);
  act(() => root.render(createElement(Counter, { client })));
  expect(place.textContent).toBe('8 free, connected');
  act(() => socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'held']] }));
  expect(place.textContent).toBe('7 free, connected');
  act(() => socket.drop());
  expect(place.textContent).toBe('7 free, reconnecting');
  act(() => root.unmount());
  const before = renders;
  act(() => client.close());
  expect(renders).toBe(before);
});
