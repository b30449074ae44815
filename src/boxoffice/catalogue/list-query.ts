/**
 * The query of one page of a list, put together from what was asked for. Values are always parameters: the SQL is text of
 * ours, with a `?` for each value.
 */
export class ListQuery {
  readonly #select: string;
  readonly #values: unknown[];
  readonly #joins: string[] = [];
  readonly #conditions: string[] = [];

  /** @param values those of the placeholders in `select`. */
  constructor(select: string, values: readonly unknown[] = []) {
    this.#select = select;
    this.#values = [...values];
  }

  join(table: string, ...values: readonly unknown[]): this {
    this.#joins.push(this.#filled(table, values));
    return this;
  }

  where(condition: string, ...values: readonly unknown[]): this {
    this.#conditions.push(this.#filled(condition, values));
    return this;
  }

  /** No condition where there is no value. */
  whereGiven(condition: string, value: unknown): this {
    return value === undefined ? this : this.where(condition, value);
  }

  /** @returns what `pg` takes: one row more than `max` where the list goes on. */
  page(order: readonly string[], max: number): { readonly text: string; readonly values: unknown[] } {
    const where = this.#conditions.length === 0 ? [] : ['WHERE', this.#conditions.join(' AND ')];
    const end = ['ORDER BY', order.join(', '), 'LIMIT', String(max + 1)];
    return { text: [this.#select, ...this.#joins, ...where, ...end].join(' '), values: this.#values };
  }

  #filled(sql: string, values: readonly unknown[]): string {
    const left = [...values];
    return sql.replaceAll('?', () => `$${this.#values.push(left.shift())}`);
  }
}
