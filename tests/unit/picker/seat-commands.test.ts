import { beforeEach, expect, test } from 'vitest';
import { HouseView } from '../../../client-sdk/src/picker/house-view.js';
import { createPlan } from '../../../client-sdk/src/picker/plan.js';
import { type Outcome, SeatCommands } from '../../../client-sdk/src/picker/seat-commands.js';
import { BLOCKED, FREE, MINE, PENDING } from '../../../client-sdk/src/picker/seat-look.js';
import { FakeClient, holdOf, refusal } from './fake-client.js';
import { seat, smallHouse } from './small-house.js';

let fake: FakeClient;
let house: HouseView;
let commands: SeatCommands;
let outcomes: Outcome[];
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const update = () => house.update(fake.state, commands.pending);

beforeEach(() => {
  fake = new FakeClient(smallHouse);
  house = new HouseView(createPlan(smallHouse), () => []);
  outcomes = [];
  commands = new SeatCommands(fake.client, house, update, (outcome) => outcomes.push(outcome));
  update();
  fake.answers['hold'] = async (seats: string[]) => {
    const all = [...fake.state.holds.flatMap((hold) => hold.seats), ...seats];
    fake.set({ holds: [holdOf(all)] });
    return { ok: true, hold: holdOf(all) };
  };
});

test('two quick clicks make one hold, not two', async () => {
  commands.toggle(seat('A-1'));
  commands.toggle(seat('A-2'));
  await settled();
  expect(fake.calls).toEqual([
    ['hold', ['A-1'], {}],
    ['hold', ['A-2'], { holdId: 'hold-1' }],
  ]);
});

test('a seat on its way shows as pending and is not asked for twice', async () => {
  commands.toggle(seat('A-1'));
  expect(house.states[seat('A-1')]).toBe(PENDING);
  commands.toggle(seat('A-1'));
  await settled();
  expect(fake.calls.length).toBe(1);
  expect(house.states[seat('A-1')]).toBe(MINE);
});

test('one half of a pair takes both, and gives both back', async () => {
  commands.toggle(seat('B-4'));
  await settled();
  expect(fake.calls[0]).toEqual(['hold', ['B-4', 'B-3'], {}]);
  fake.answers['release'] = async (_id: string, seats: string[]) => ({ ok: true, seats });
  commands.toggle(seat('B-3'));
  await settled();
  expect(fake.calls[1]).toEqual(['release', 'hold-1', ['B-3', 'B-4']]);
});

test('a lost race names the seat, offers another and keeps the rest', async () => {
  commands.toggle(seat('A-1'));
  await settled();
  fake.answers['hold'] = async () => refusal('seats_unavailable', [{ seat: 'A-2', reason: 'held' }]);
  commands.toggle(seat('A-2'));
  await settled();
  expect(outcomes.at(-1)).toEqual({
    type: 'lost',
    conflicts: [{ seat: 'A-2', reason: 'held' }],
    alternative: 'A-4',
  });
  expect(fake.state.holds[0]?.seats).toEqual(['A-1']);
  expect(house.states[seat('A-2')]).toBe(FREE);
});

test('a seat refused by a rule is not replaced by another', async () => {
  fake.answers['hold'] = async () => refusal('seat_rule', [{ seat: 'C-2', reason: 'companion_alone' }]);
  commands.toggle(seat('C-2'));
  await settled();
  expect(outcomes.at(-1)).toMatchObject({ type: 'lost', alternative: undefined });
});

test('while disconnected or stale nothing is sent', async () => {
  fake.set({ stale: true });
  commands.toggle(seat('A-1'));
  commands.takePlaces(0, 2);
  await settled();
  expect(fake.calls).toEqual([]);
  expect(outcomes).toEqual([{ type: 'offline' }, { type: 'offline' }]);
});

test('a sold seat is said to be taken, and nothing is sent', async () => {
  const statuses = new Uint8Array(smallHouse.seats.label.length);
  statuses[seat('A-1')] = 2;
  fake.set({ statuses });
  update();
  commands.toggle(seat('A-1'));
  expect(outcomes).toEqual([{ type: 'taken', seat: seat('A-1') }]);
  expect(fake.calls).toEqual([]);
});

test('places of a standing area are left to the server where zone and category name just that area', async () => {
  fake.answers['bestAvailable'] = async () => ({ ok: true, hold: holdOf(['Pit-1', 'Pit-2']) });
  commands.takePlaces(0, 2);
  await settled();
  expect(fake.calls).toEqual([['bestAvailable', { count: 2, zone: 'Stalls', category: 'Standing' }]]);
});

test('places join the hold that there is', async () => {
  commands.toggle(seat('A-1'));
  await settled();
  commands.takePlaces(0, 2);
  await settled();
  expect(fake.calls[1]).toEqual(['hold', ['Pit-1', 'Pit-2'], { holdId: 'hold-1' }]);
});

test('other places are tried when somebody was faster, but not for ever', async () => {
  commands.toggle(seat('A-1'));
  await settled();
  fake.answers['hold'] = async () => refusal('seats_unavailable', [{ seat: 'Pit-1', reason: 'held' }]);
  commands.takePlaces(0, 1);
  await settled();
  expect(fake.calls.length).toBe(1 + 3);
  expect(outcomes.at(-1)?.type).toBe('lost');
});

test('more places than are free are refused without asking', async () => {
  commands.toggle(seat('A-1'));
  await settled();
  commands.takePlaces(0, 5);
  await settled();
  expect(outcomes.at(-1)).toEqual({ type: 'failed', code: 'none_available' });
  expect(fake.calls.length).toBe(1);
});

test('the house counts free seats by run and area, and tells what changed', () => {
  const run = house.plan.runOf[seat('A-1')]!;
  expect([house.freeInRun[run], house.freeInArea[0]]).toEqual([2, 4]);
  const statuses = new Uint8Array(smallHouse.seats.label.length);
  statuses[seat('A-1')] = 2;
  statuses[seat('Pit-2')] = 1;
  fake.set({ statuses });
  expect(update()).toEqual([seat('A-1'), seat('Pit-2')]);
  expect([house.freeInRun[run], house.freeInArea[0]]).toEqual([1, 3]);
  expect(update()).toEqual([]);
});

test('before the first snapshot nothing is offered', () => {
  const fresh = new HouseView(createPlan(smallHouse), () => []);
  expect(new Set(fresh.states)).toEqual(new Set([BLOCKED]));
});
