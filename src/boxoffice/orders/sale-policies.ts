import type { Clock } from '../../kernel/clock.js';
import type { Reads } from '../catalogue/reads.js';
import { GatheredCalls } from '../gathered-calls.js';
import { NO_POLICY, type SalePolicy, salePolicySchema } from './sale-policy.js';

/** A changed fee counts so late at most. Buyers pay what they were shown, since they send the total. */
const FRESH_MS = 2_000;
const KEPT_MAX = 5_000;
const BATCH_MAX = 200;

/** The sale policies of showtimes, read once for all who ask at a time. */
export class SalePolicies {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly policy: SalePolicy; readonly until: number }>();
  readonly #reads: GatheredCalls<string, SalePolicy>;

  constructor(db: Reads, clock: Clock) {
    this.#clock = clock;
    this.#reads = new GatheredCalls(async (ids) => await readPolicies(db, ids), BATCH_MAX);
  }

  /**
   * @param showtimeId a UUID; of no showtime: no policy
   * @throws ZodError where somebody wrote a policy by hand that is none
   */
  async of(showtimeId: string): Promise<SalePolicy> {
    const kept = this.#kept.get(showtimeId);
    if (kept && this.#clock.now() < kept.until) return kept.policy;
    const policy = await this.#reads.call(showtimeId);
    this.#kept.delete(showtimeId);
    this.#kept.set(showtimeId, { policy, until: this.#clock.now() + FRESH_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return policy;
  }
}

async function readPolicies(db: Reads, ids: readonly string[]): Promise<SalePolicy[]> {
  const { rows } = await db.query<{ id: string; policy: unknown }>(
    'SELECT id, sale_policy AS policy FROM boxoffice.showtimes WHERE id = ANY($1::uuid[])',
    [ids],
  );
  const found = new Map(rows.map(({ id, policy }) => [id, policy]));
  return ids.map((id) => salePolicySchema.parse(found.get(id) ?? NO_POLICY));
}
