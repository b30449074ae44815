import { GatheredCalls } from '../gathered-calls.js';

const BATCH_MAX = 256;

type Result<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown };

/**
 * Gathers calls into batches of which one bad item spoils nothing for the others: where a batch fails, its items run one by one.
 * `run` must have had no effect where it throws, or be safe to repeat. After a failure that is no fault of an item, such as a lost
 * connection, nothing is repeated.
 */
export function isolated<Item, Value>(
  run: (items: readonly Item[]) => Promise<readonly Value[]>,
  isOfItem: (error: unknown) => boolean = isRefusedByPostgres,
): (item: Item) => Promise<Value> {
  const each = async (items: readonly Item[]): Promise<Result<Value>[]> => {
    try {
      return (await run(items)).map((value) => ({ ok: true, value }));
    } catch (error) {
      if (items.length === 1 || !isOfItem(error)) return items.map(() => ({ ok: false, error }));
      const results: Result<Value>[] = [];
      for (const item of items) results.push(...(await each([item])));
      return results;
    }
  };
  const gathered = new GatheredCalls<Item, Result<Value>>(each, BATCH_MAX);
  return async (item) => {
    const result = await gathered.call(item);
    if (!result.ok) throw result.error;
    return result.value;
  };
}

/** Integrity (class 23) and data (class 22) are faults of a row; a deadlock or serialization failure (40) is worth another try. */
function isRefusedByPostgres(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^(22|23|40)/.test(code);
}
