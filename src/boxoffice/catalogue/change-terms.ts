import type { Pool } from 'pg';
import type { HouseRules } from '../../core/house.js';
import { pricesSchema, type RuleOverrides, rulesSchema, unpricedCategories } from './showtimes.js';

/** What is given replaces what was; what is left out stays. The currency of a showtime never changes. */
export interface TermsChange {
  /** Minor units by category name; every category of the seat map needs one. */
  readonly prices?: Readonly<Record<string, number>>;
  readonly rules?: RuleOverrides;
  readonly salesOpen?: HouseRules['salesOpen'];
  /** null: sales are not opened by time. */
  readonly salesOpenAt?: Date | null;
  readonly startsAt?: Date;
}

/**
 * Changes what a showtime is sold by. Holds that run keep the price that they were made with.
 * @param tell called when the change is committed: it brings the change to the node that runs the showtime, and to
 *   listings.
 * @returns false where there is no such showtime.
 * @throws RangeError where a category would have no price; ZodError where prices or rules are none.
 */
export async function changeTerms(
  pool: Pool,
  showtimeId: string,
  change: TermsChange,
  tell: (showtimeId: string) => Promise<unknown>,
): Promise<boolean> {
  const prices = change.prices && pricesSchema.parse(change.prices);
  const rules = change.rules && rulesSchema.parse(change.rules);
  if (prices) {
    const unpriced = await unpricedCategories(pool, showtimeId, prices);
    if (unpriced.length > 0) throw new RangeError(`No price for: ${unpriced.join(', ')}.`);
  }
  const { rowCount } = await pool.query(
    `UPDATE boxoffice.showtimes
        SET prices = coalesce($2, prices), rules = coalesce($3, rules), sales_open = coalesce($4, sales_open),
            sales_open_at = CASE WHEN $5 THEN $6 ELSE sales_open_at END, starts_at = coalesce($7, starts_at)
      WHERE id = $1`,
    [
      showtimeId,
      prices ? JSON.stringify(prices) : null,
      rules ? JSON.stringify(rules) : null,
      change.salesOpen ?? null,
      change.salesOpenAt !== undefined,
      change.salesOpenAt ?? null,
      change.startsAt ?? null,
    ],
  );
  if (rowCount !== 1) return false;
  await tell(showtimeId);
  return true;
}
