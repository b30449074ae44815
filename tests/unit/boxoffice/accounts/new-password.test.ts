import { describe, expect, it } from 'vitest';
import { passwordSchema, refusePassword } from '../../../../src/boxoffice/accounts/new-password.js';

const refused = (password: string, email = 'ada.lovelace@example.org') => refusePassword(password, { email });

describe('a new password', () => {
  it.each(['correct horse battery', 'zuckerrübensirup7', '日本語のパスワードです', 'x7$kQ!m2pW'])(
    '%s is taken',
    (password) => {
      expect(refused(password)).toBeUndefined();
    },
  );

  it.each([
    ['of nine characters', 'x7$kQ!m2p', 'at least 10'],
    ['of nine characters that are eighteen code units', '🎬🎟🍿🎭🎬🎟🍿🎭🪑', 'at least 10'],
    ['of one character', 'aaaaaaaaaaaaaa', 'few characters'],
    ['of four characters', '12341234123412', 'few characters'],
    ['that many have', 'password123', 'tried first'],
    ['that many have, in capitals', 'QWERTYUIOP', 'tried first'],
    ['that many have, with digits and signs at the end', 'manchester1!', 'tried first'],
    ['that is their address', 'ada.lovelace@example.org', 'e-mail'],
    ['that is their name in it, and a year', 'Ada.Lovelace1815', 'e-mail'],
  ])('%s is refused with the reason', (_what, password, reason) => {
    const error = refused(password);
    expect(error).toMatchObject({ code: 'weak_password', field: 'password' });
    expect(error?.message).toContain(reason);
    expect(error?.message).not.toContain(password);
  });
});

it('a password that is too long to be one is refused before any work is done on it', () => {
  expect(passwordSchema.safeParse('x'.repeat(200)).success).toBe(true);
  for (const text of ['', 'x'.repeat(201)]) expect(passwordSchema.safeParse(text).success).toBe(false);
});
