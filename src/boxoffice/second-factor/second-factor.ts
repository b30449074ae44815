import type { Log } from '../../kernel/log.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { type AttemptLimit, countAttempt, uncountAttempt } from '../access/attempts.js';
import type { SecretBox } from '../access/secret-box.js';
import type { Reads } from '../catalogue/reads.js';
import { readRecoveryCode, spendRecoveryCode } from './recovery-codes.js';
import { readTotpCode, totpStep } from './totp.js';

/**
 * Wrong codes of one account. With three codes right at any time, somebody who has the password guesses one with a chance of
 * 1 in 1,400 a day.
 */
export const WRONG_CODES: AttemptLimit = { what: 'second factor', max: 10, windowMs: 3_600_000 };

/** The codes that prove the second factor of an account: of its authenticator app, or its recovery codes. */
export interface SecondFactor {
  isEnrolled(client: Reads, accountId: string): Promise<boolean>;
  /** Like `spend`, where the reason of a refusal does not matter. */
  accept(client: Reads, accountId: string, code: string): Promise<boolean>;
  /**
   * Uses a code up in the caller's transaction, so that it is never taken again, also not by another node at the same time.
   * The transaction must be committed when the code is refused as well: the count of wrong codes is in it.
   * @returns undefined where the code was right, else `invalid_code`, or `rate_limited` after too many wrong ones
   */
  spend(client: Reads, accountId: string, code: string): Promise<WireError | undefined>;
  /** The same with the secret of an app that the account does not use yet: the code shows that the app has it. */
  spendFirst(client: Reads, accountId: string, code: string): Promise<WireError | undefined>;
  /** Counts a try of something else that only the owner of the account knows; `take` says whether it was right. */
  counted(
    client: Reads,
    accountId: string,
    field: 'code' | 'password',
    take: () => Promise<boolean>,
  ): Promise<WireError | undefined>;
}

interface Context {
  readonly box: SecretBox;
  /** Milliseconds since 1970, the same for all nodes: that of Postgres. */
  readonly now: () => number;
  readonly log: Log;
}

interface Secret {
  readonly secret: string;
  readonly sealed: Buffer;
  readonly lastStep: number;
}

export function secondFactor({ box, now, log }: Context): SecondFactor {
  const readSecret = async (client: Reads, accountId: string, inUse: boolean): Promise<Secret | undefined> => {
    const { rows } = await client.query<{ sealed: Buffer; step: string }>(
      `SELECT totp_secret AS sealed, totp_step AS step FROM boxoffice.accounts
        WHERE id = $1 AND totp_secret IS NOT NULL AND (totp_since IS NOT NULL) = $2`,
      [accountId, inUse],
    );
    if (!rows[0]) return undefined;
    const { sealed, step } = rows[0];
    const secret = box.open(sealed, accountId)?.toString('latin1');
    if (secret !== undefined) return { secret, sealed, lastStep: Number(step) };
    const message = 'The TOTP secret of an account cannot be decrypted. Was TOKEN_SECRET changed?';
    log.error({ event: 'second_factor.secret_unreadable', accountId }, message);
    return undefined;
  };
  const spendTotp = async (client: Reads, accountId: string, code: string, inUse: boolean): Promise<boolean> => {
    const known = await readSecret(client, accountId, inUse);
    const step = known && totpStep(known.secret, code, known.lastStep, now());
    if (step === undefined) return false;
    // Whoever took the same code at the same moment has raised the step meanwhile, and this finds no row.
    const { rowCount } = await client.query(
      'UPDATE boxoffice.accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2 AND totp_secret = $3',
      [accountId, step, known?.sealed],
    );
    return rowCount === 1;
  };
  const counted: SecondFactor['counted'] = async (client, accountId, field, take) => {
    const attempt = await countAttempt(client, WRONG_CODES, accountId);
    if (!attempt.ok) {
      const { retryAfterMs } = attempt;
      return wireError('rate_limited', 'Too many wrong codes were sent for this account. Wait.', { retryAfterMs });
    }
    if (!(await take())) return wireError('invalid_code', `The ${field} is wrong, or was used before.`, { field });
    await uncountAttempt(client, WRONG_CODES, accountId);
    return undefined;
  };
  const spend = (client: Reads, accountId: string, typed: string) =>
    counted(client, accountId, 'code', async () => {
      const [totp, recovery] = [readTotpCode(typed), readRecoveryCode(typed)];
      if (totp !== undefined) return await spendTotp(client, accountId, totp, true);
      return recovery !== undefined && (await spendRecoveryCode(client, accountId, recovery));
    });
  return {
    spend,
    counted,
    accept: async (client, accountId, code) => (await spend(client, accountId, code)) === undefined,
    spendFirst: (client, accountId, typed) =>
      counted(client, accountId, 'code', async () => {
        const code = readTotpCode(typed);
        return code !== undefined && (await spendTotp(client, accountId, code, false));
      }),
    isEnrolled: async (client, accountId) => {
      const { rowCount } = await client.query(
        'SELECT FROM boxoffice.accounts WHERE id = $1 AND totp_since IS NOT NULL',
        [accountId],
      );
      return rowCount === 1;
    },
  };
}
