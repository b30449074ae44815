// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../../client-sdk/src/picker/define.js';
import type { UsherSeatPicker } from '../../../client-sdk/src/picker/index.js';
import { FakeClient, holdOf, refusal } from './fake-client.js';
import { seat, smallHouse } from './small-house.js';

let fake: FakeClient;
let picker: UsherSeatPicker;
const root = () => picker.shadowRoot!;
const find = (selector: string) => root().querySelector<HTMLElement>(selector)!;
const said = () => find('.live').textContent?.trim();
const cells = () => [...root().querySelectorAll<HTMLElement>('[role=gridcell]')];
const focused = () => root().activeElement as HTMLElement | null;
const press = (key: string) =>
  focused()?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const settled = () => vi.advanceTimersByTimeAsync(50);

beforeEach(async () => {
  vi.useFakeTimers();
  fake = new FakeClient(smallHouse);
  fake.answers['hold'] = async (seats: string[]) => {
    const hold = holdOf([...fake.state.holds.flatMap((other) => other.seats), ...seats]);
    fake.set({ holds: [hold] });
    return { ok: true, hold };
  };
  picker = document.createElement('usher-seat-picker');
  picker.client = fake.client;
  picker.prices = [{ category: 'Stalls', price: { amount: 1200, currency: 'EUR' } }];
  document.body.append(picker);
  await settled();
});

afterEach(() => {
  picker.remove();
  vi.useRealTimers();
});

test('the grid has one tab stop, full names, and only rows near the current one', () => {
  expect(
    cells()
      .filter((cell) => cell.tabIndex === 0)
      .map((cell) => cell.getAttribute('aria-label')),
  ).toEqual(['Row A seat 1, Stalls, €12.00, available']);
  // Rows A and B; the standing area and the balcony are not there.
  expect(cells().length).toBe(4 + 4);
  expect(find('[role=grid]').getAttribute('aria-rowcount')).toBe('3');
});

test('arrows move the focus, Enter holds, and the cell that had the focus keeps it', async () => {
  picker.focus();
  press('ArrowRight');
  const cell = focused();
  expect(cell?.getAttribute('aria-label')).toContain('Row A seat 2');
  press('Enter');
  await settled();
  expect(fake.calls).toEqual([['hold', ['A-2'], {}]]);
  expect(focused()).toBe(cell);
  expect(cell?.getAttribute('aria-selected')).toBe('true');
  expect(cell?.getAttribute('aria-label')).toBe('Row A seat 2, Stalls, €12.00, held for you');
  expect(said()).toBe('A-2 held for you. 1 seat, €12.00.');
});

test('going down brings rows in and drops those out of reach without losing the focus', () => {
  picker.focus();
  press('ArrowDown');
  press('ArrowDown');
  expect(focused()?.getAttribute('aria-label')).toContain('Pit');
  expect(cells().some((cell) => cell.getAttribute('aria-label')?.includes('Row A'))).toBe(false);
});

test('value, seats and events follow the hold', async () => {
  const events: [string, unknown][] = [];
  for (const name of ['selectionchange', 'holdchange']) {
    document.body.addEventListener(name, (event) => events.push([name, (event as CustomEvent).detail]), { once: true });
  }
  expect(picker.value).toBe('');
  fake.set({ holds: [holdOf(['A-1'])] });
  expect(picker.value).toBe('hold-1');
  expect(picker.seats).toEqual(['A-1']);
  expect(events).toEqual([
    ['selectionchange', { seats: ['A-1'] }],
    ['holdchange', { hold: holdOf(['A-1']), holds: [holdOf(['A-1'])] }],
  ]);
});

test('a lost race is told once, offers a seat, and leaves focus and the other seats alone', async () => {
  const conflicts: unknown[] = [];
  picker.addEventListener('conflict', (event) => conflicts.push((event as CustomEvent).detail));
  fake.set({ holds: [holdOf(['A-1'])] });
  fake.answers['hold'] = async () => refusal('seats_unavailable', [{ seat: 'A-2', reason: 'held' }]);
  picker.focus();
  press('ArrowRight');
  press('Enter');
  await settled();
  expect(said()).toBe('A-2 was just taken by someone else. The nearest free seat is A-4.');
  expect(find('.notice').textContent).toContain('Take A-4 instead');
  expect(focused()?.getAttribute('aria-label')).toContain('Row A seat 2');
  expect(picker.seats).toEqual(['A-1']);
  expect(conflicts).toEqual([{ conflicts: [{ seat: 'A-2', reason: 'held' }], alternative: 'A-4' }]);
  find('.notice button').click();
  await settled();
  expect(fake.calls.at(-1)).toEqual(['hold', ['A-4'], { holdId: 'hold-1' }]);
  expect(focused()?.getAttribute('aria-label')).toContain('Row A seat 4');
});

test('the countdown runs, and warns at the thresholds only', () => {
  fake.set({ holds: [holdOf(['A-1'], 61_500)] });
  const timer = find('[role=timer]');
  expect(timer.hidden).toBe(false);
  expect(timer.textContent).toBe('1:02');
  const before = said();
  const pass = (ms: number) => {
    // The fake client's clock is the test's, so it moves with each tick of the timers.
    for (let i = 0; i < ms; i += 100) {
      fake.now += 100;
      vi.advanceTimersByTime(100);
    }
  };
  pass(1_000);
  expect(said()).toBe(before);
  pass(1_000);
  expect(timer.textContent).toBe('1:00');
  expect(said()).toBe('1 minute left to pay.');
  pass(29_600);
  expect(said()).toBe('30 seconds left to pay.');
});

test('losing the connection keeps map and timer, marks them stale and offers nothing', async () => {
  fake.set({ holds: [holdOf(['A-1'], 100_000)] });
  const changes: unknown[] = [];
  picker.addEventListener('connectionchange', (event) => changes.push((event as CustomEvent).detail));
  fake.set({ stale: true, connection: { state: 'suspended', error: refusal('unavailable').error as never } });
  expect(changes).toEqual([{ state: 'suspended', stale: true }]);
  expect(find('.banner').hidden).toBe(false);
  expect(find('[role=timer]').hidden).toBe(false);
  expect(cells().every((cell) => cell.getAttribute('aria-disabled') === 'true')).toBe(true);
  picker.focus();
  press('ArrowRight');
  press('Enter');
  await settled();
  expect(fake.calls).toEqual([]);
  fake.set({ stale: false, connection: { state: 'connected' } });
  expect(find('.banner').hidden).toBe(true);
  expect(cells()[1]?.getAttribute('aria-disabled')).toBe('false');
});

test('an expired hold is told and passed on', () => {
  const expired = vi.fn();
  document.body.addEventListener('expire', (event) => expired((event as CustomEvent).detail), { once: true });
  fake.emit('expire', { holdId: 'hold-1', seats: ['A-1'] });
  expect(expired).toHaveBeenCalledWith({ holdId: 'hold-1', seats: ['A-1'] });
  expect(said()).toContain('The time is up');
});

test('a standing area asks how many, and gives the focus back', async () => {
  fake.answers['bestAvailable'] = async () => ({ ok: true, hold: holdOf(['Pit-1', 'Pit-2']) });
  picker.focus();
  press('ArrowDown');
  press('ArrowDown');
  expect(focused()?.getAttribute('aria-label')).toBe('Pit, standing, 4 of 4 free');
  press('Enter');
  const form = find('form') as HTMLFormElement;
  expect(form.hidden).toBe(false);
  (form.querySelector('input') as HTMLInputElement).value = '2';
  form.dispatchEvent(new Event('submit', { cancelable: true }));
  await settled();
  expect(fake.calls).toEqual([['bestAvailable', { count: 2, zone: 'Stalls', category: 'Standing' }]]);
  expect(form.hidden).toBe(true);
  expect(focused()?.getAttribute('aria-label')).toContain('Pit');
});

test('messages can be replaced in part', () => {
  picker.messages = { zoomIn: 'Näher' };
  expect(find('[part~=zoom-in]').getAttribute('aria-label')).toBe('Näher');
  expect(find('[part~=zoom-out]').getAttribute('aria-label')).toBe('Zoom out');
});

test('a seat has a point on the screen, an unknown one has none', () => {
  expect(picker.seatPoint('A-1')).toEqual({ x: expect.any(Number), y: expect.any(Number) });
  expect(picker.seatPoint('Z-99')).toBeUndefined();
});

test('properties set before the element was attached, or defined, count', async () => {
  const early = document.createElement('usher-seat-picker');
  const other = new FakeClient(smallHouse);
  Object.defineProperty(early, 'client', { value: other.client, configurable: true, writable: true, enumerable: true });
  document.body.append(early);
  await settled();
  other.set({ holds: [holdOf(['B-1'])] });
  expect(early.value).toBe('hold-1');
  early.remove();
});

test('a picker taken off the page stops listening', () => {
  picker.remove();
  const listener = vi.fn();
  picker.addEventListener('holdchange', listener);
  fake.set({ holds: [holdOf([smallHouse.seats.label[seat('A-1')]!])] });
  expect(listener).not.toHaveBeenCalled();
});

test("other people's seats are looked at once a frame, however many changes came", async () => {
  const looked = vi.spyOn(fake, 'getSnapshot');
  const name = () => cells()[1]?.getAttribute('aria-label');
  const statuses = (...held: string[]) => {
    const codes = new Uint8Array(smallHouse.seats.label.length);
    for (const label of held) codes[seat(label)] = 1;
    return codes;
  };
  fake.set({ statuses: statuses('A-2') });
  fake.set({ statuses: statuses('A-2', 'A-3') });
  fake.set({ statuses: statuses('A-2', 'A-3', 'A-4') });
  expect(name()).toContain('available');
  const reads = looked.mock.calls.length;
  await settled();
  expect(looked.mock.calls.length).toBe(reads + 1);
  expect(
    cells()
      .slice(0, 4)
      .map((cell) => cell.getAttribute('aria-disabled')),
  ).toEqual(['false', 'true', 'true', 'true']);
  expect(name()).toContain('on hold for someone else');
});

test('own seats, the end of the connection and the start of a new one are seen at once', () => {
  fake.set({ holds: [holdOf(['A-1'])] });
  expect(cells()[0]?.getAttribute('aria-selected')).toBe('true');
  fake.set({ stale: true });
  expect(cells()[1]?.getAttribute('aria-disabled')).toBe('true');
  fake.set({ stale: false, epoch: 2, statuses: new Uint8Array(smallHouse.seats.label.length).fill(2) });
  expect(cells()[1]?.getAttribute('aria-label')).toContain('sold');
});

test('a refusal at the limit is told with the number, in an event too', async () => {
  const told: unknown[] = [];
  picker.addEventListener('limit', ({ detail }) => told.push(detail));
  const limits = { seatsPerHold: 7, holdsPerHolder: 1 } as NonNullable<typeof fake.state.limits>;
  const take = async (code: string, seat: number) => {
    fake.answers['hold'] = async () => refusal(code);
    cells()[seat]?.click();
    await settled();
  };
  fake.set({ limits });
  await take('too_many_seats', 0);
  expect(find('.notice').textContent).toContain('You cannot hold more than 7 seats at once.');
  await take('too_many_holds', 1);
  expect(find('.notice').textContent).toContain('You cannot hold more than 1 order at once.');
  fake.set({ limits: undefined });
  await take('too_many_seats', 2);
  expect(find('.notice').textContent).toContain('You cannot hold more seats at once.');
  expect(told).toEqual([
    { code: 'too_many_seats', max: 7 },
    { code: 'too_many_holds', max: 1 },
    { code: 'too_many_seats', max: undefined },
  ]);
});

test('the legend and the names of seats have the prices that the server tells, from the moment it tells them', async () => {
  picker.setAttribute('legend', '');
  await settled();
  expect(find('.legend').textContent).toContain('€12.00');
  const prices = [{ category: 'Stalls', price: { amount: 1500, currency: 'EUR' } }];
  fake.set({ terms: { version: 2, prices, salesOpen: true } });
  await settled();
  expect(find('.legend').textContent).toContain('€15.00');
  expect(cells()[0]?.getAttribute('aria-label')).toContain('€15.00');
});
