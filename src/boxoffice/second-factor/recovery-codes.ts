import { createHash, randomBytes } from 'node:crypto';
import type { Reads } from '../catalogue/reads.js';

const CODES = 10;
/** 80 bits each: too many to be found by trying, so that a fast hash protects them well enough. */
const CODE_BYTES = 10;
/** Crockford's digits of base 32, which have no letters that people take for a digit. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const RECOVERY_CODE = /^[0-9a-hjkmnp-tv-z]{16}$/;

/** Replaces the recovery codes of an account by ten new ones, in the caller's transaction. @returns them, to be shown once */
export async function renewRecoveryCodes(client: Reads, accountId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: CODES }, makeCode);
  await client.query('DELETE FROM boxoffice.recovery_codes WHERE account_id = $1', [accountId]);
  await client.query('INSERT INTO boxoffice.recovery_codes (account_id, code_hash) SELECT $1, unnest($2::bytea[])', [
    accountId,
    codes.map((code) => hashOf(code)),
  ]);
  return codes.map((code) => code.match(/.{4}/g)?.join('-') ?? code);
}

/** Uses a code up. @returns false where there is no such code, or it was used before */
export async function spendRecoveryCode(client: Reads, accountId: string, code: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE boxoffice.recovery_codes SET used_at = clock_timestamp()
      WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL`,
    [accountId, hashOf(code)],
  );
  return rowCount === 1;
}

/** As it is stored: without what people add when they type it. Undefined: no recovery code looks like this. */
export function readRecoveryCode(typed: string): string | undefined {
  const code = typed.replace(/[\s-]/g, '').toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1');
  return RECOVERY_CODE.test(code) ? code : undefined;
}

function makeCode(): string {
  const bits = [...randomBytes(CODE_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => DIGITS[Number.parseInt(five, 2)]).join('');
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(`recovery code ${code}`).digest();
}
