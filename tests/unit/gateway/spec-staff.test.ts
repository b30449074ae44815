/** What a session's role lets a command be. */
import { expect, it } from 'vitest';
import { CommandIntake } from '../../../src/gateway/command-intake.js';

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
