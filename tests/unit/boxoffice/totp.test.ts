import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { readRecoveryCode } from '../../../src/boxoffice/second-factor/recovery-codes.js';
import { makeTotpSecret, readTotpCode, totpStep, totpUri } from '../../../src/boxoffice/second-factor/totp.js';

/** RFC 6238 appendix B has codes of eight digits for this secret; the last six of each are those of six digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const NOW_MS = Date.UTC(2026, 10, 29, 20, 0, 10);
const STEP = Math.floor(NOW_MS / 30_000);
const secret = makeTotpSecret();
const codeAt = (ms: number) => generateSync({ secret, epoch: Math.floor(ms / 1000) });

describe('a TOTP code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %s s is that of RFC 6238: %s', (seconds, code) => {
    expect(totpStep(RFC_SECRET, code, 0, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it('of a clock that is one step behind or ahead is right, and of two steps is not', () => {
    expect([-2, -1, 0, 1, 2].map((steps) => totpStep(secret, codeAt(NOW_MS + steps * 30_000), 0, NOW_MS))).toEqual([
      undefined,
      STEP - 1,
      STEP,
      STEP + 1,
      undefined,
    ]);
  });

  it('of the step of the last code, or of one before, is not right again', () => {
    const code = codeAt(NOW_MS);
    expect(totpStep(secret, code, STEP - 1, NOW_MS)).toBe(STEP);
    expect(totpStep(secret, code, STEP, NOW_MS)).toBeUndefined();
    expect(totpStep(secret, codeAt(NOW_MS - 30_000), STEP, NOW_MS)).toBeUndefined();
    expect(totpStep(secret, codeAt(NOW_MS + 30_000), STEP, NOW_MS)).toBe(STEP + 1);
  });

  it('is wrong, and no error, while the last code is from a clock that was further ahead', () => {
    expect(totpStep(secret, codeAt(NOW_MS), STEP + 5, NOW_MS)).toBeUndefined();
  });

  it('is read with the spaces that apps show, and nothing else is read as one', () => {
    expect(readTotpCode(' 106 189 ')).toBe('106189');
    for (const typed of ['', '12345', '1234567', '12345a', '١٢٣٤٥٦', '-12345', '1234.5']) {
      expect(readTotpCode(typed), typed).toBeUndefined();
    }
  });

  it('comes from a secret of 160 bits, which an app reads from a URI', () => {
    const uri = new URL(totpUri(secret, 'ann+1@cinema.example'));
    expect(uri.protocol).toBe('otpauth:');
    expect(uri.searchParams.get('secret')).toBe(secret);
    expect(uri.searchParams.get('issuer')).toBe('Usher');
    expect(decodeURIComponent(uri.pathname)).toContain('ann+1@cinema.example');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(makeTotpSecret()).not.toBe(secret);
  });
});

it('a recovery code is read as people type it, and a TOTP code is never read as one', () => {
  expect(readRecoveryCode(' 0OiL-abcd efgh-jkmn')).toBe('0011abcdefghjkmn');
  for (const typed of ['', '106189', '0011-abcd-efgh-jkm', '0011-abcd-efgh-jkmn-p', '0011-abcd-efgh-jkmu']) {
    expect(readRecoveryCode(typed), typed).toBeUndefined();
  }
});
