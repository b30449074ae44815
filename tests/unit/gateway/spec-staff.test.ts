/** What a session's role lets a command be. */
import { expect, it } from 'vitest';
import { CommandIntake } from '../../../src/gateway/command-intake.js';
import type { CommandMessage } from '../../../src/protocol/client-messages.js';

const ID = '0b6ff3a5-7e0f-4b8e-9a55-0c0f6d9e4d11';
const intake = new CommandIntake({ uuid: () => ID, reference: () => 'R' }, () => true);
const envelope = { id: 1, commandId: ID };

it.each(['guest', 'customer', 'key'] as const)('[STAFF-1] a %s may neither block nor unblock', (role) => {
  for (const type of ['block', 'unblock'] as const) {
    const taken = intake.admit({ type, ...envelope, seats: ['A-1'] }, { holder: 'ann', role }, undefined);
    expect(taken).toMatchObject({ ok: false, error: { code: 'forbidden', outcome: 'not-applied' } });
  }
});

it('[STAFF-1] staff may not before they logged in with a second factor', () => {
  for (const type of ['block', 'unblock'] as const) {
    const caller = { holder: 'staff:1', role: 'staff', lacksSecondFactor: true } as const;
    const taken = intake.admit({ type, ...envelope, seats: ['A-1'] }, caller, undefined);
    expect(taken).toMatchObject({ ok: false, error: { code: 'second_factor_missing', outcome: 'not-applied' } });
  }
});

it('[STAFF-1] an API key with the permission may', () => {
  for (const type of ['block', 'unblock'] as const) {
    const caller = { holder: 'key:1', role: 'key', permissions: ['seats.staff'] } as const;
    expect(intake.admit({ type, ...envelope, seats: ['A-1'] }, caller, undefined)).toMatchObject({ ok: true });
  }
});

it('[STAFF-1] staff may', () => {
  for (const type of ['block', 'unblock'] as const) {
    const taken = intake.admit({ type, ...envelope, seats: ['A-1'] }, { holder: 'staff:1', role: 'staff' }, undefined);
    expect(taken).toMatchObject({ ok: true, submission: { command: { type, seats: ['A-1'] } } });
  }
});

it.each([
  ['guest', false],
  ['customer', false],
  ['key', false],
  ['staff', true],
  ['manager', true],
  ['admin', true],
] as const)('[CANCEL-2] a %s cancels the bookings of others: %s', (role, asStaff) => {
  const taken = intake.admit({ type: 'cancel', ...envelope, bookingId: ID }, { holder: 'ann', role }, undefined);
  expect(taken).toMatchObject({ ok: true, submission: { command: { holder: 'ann', bookingId: ID, asStaff } } });
});

const STAFF = { holder: 'staff:1', role: 'staff' } as const;
const GUEST = { holder: 'guest:1', role: 'guest' } as const;
const ACTS: readonly CommandMessage[] = [
  { type: 'take_away', ...envelope, holdId: ID },
  { type: 'reseat', ...envelope, bookingId: ID, seats: ['A-1'] },
  { type: 'hold', ...envelope, seats: ['A-1'], customer: 'ann' },
  { type: 'hold', ...envelope, seats: ['A-1'], channel: 'walk_in' },
  { type: 'best_available', ...envelope, count: 2, channel: 'partner' },
  { type: 'release', ...envelope, holdId: ID, customer: 'ann' },
  { type: 'extend', ...envelope, holdId: ID, customer: 'ann' },
  { type: 'cancel', ...envelope, bookingId: ID, customer: 'ann' },
];

it.each(ACTS.map((message) => [message.type, message] as const))('[STAFF-1] %s is for staff', (_type, message) => {
  expect(intake.admit(message, GUEST, undefined)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect(intake.admit(message, { ...STAFF, lacksSecondFactor: true }, undefined)).toMatchObject({
    error: { code: 'second_factor_missing' },
  });
  expect(intake.admit(message, STAFF, undefined)).toMatchObject({ ok: true });
});

it('[STAFF-1] everybody sells by the web, in their own name', () => {
  const message: CommandMessage = { type: 'hold', ...envelope, seats: ['A-1'], channel: 'web' };
  expect(intake.admit(message, GUEST, undefined)).toMatchObject({
    ok: true,
    submission: { command: { holder: 'guest:1' } },
  });
});

it('[STAFF-2] a hold for a customer is the customer’s', () => {
  const message: CommandMessage = { type: 'hold', ...envelope, seats: ['A-1'], customer: 'ann', channel: 'pos' };
  const command = { holder: 'ann', channel: 'pos' };
  expect(intake.admit(message, STAFF, undefined)).toMatchObject({ ok: true, submission: { command } });
});

it('a take_away names a hold or seats, and not both', () => {
  const taking = { type: 'take_away', ...envelope } as const;
  const refused = { ok: false, error: { code: 'invalid_field' } };
  expect(intake.admit(taking, STAFF, undefined)).toMatchObject(refused);
  expect(intake.admit({ ...taking, holdId: ID, seats: ['A-1'] }, STAFF, undefined)).toMatchObject(refused);
  expect(intake.admit({ ...taking, seats: ['A-1'] }, STAFF, undefined)).toMatchObject({
    submission: { command: { reason: '' } },
  });
});
