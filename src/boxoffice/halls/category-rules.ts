import type { CategoryRule } from './import-options.js';

/** The category that a rule gives to a seat, by its index; undefined where none fits. Rows are compared in the order of the file. */
export function categoryRules(
  rules: readonly CategoryRule[],
  seats: readonly { readonly zone: string; readonly row: string }[],
): (seat: number) => string | undefined {
  if (rules.length === 0) return () => undefined;
  const orderOf = new Map<string, number>();
  for (const { row } of seats) if (!orderOf.has(row)) orderOf.set(row, orderOf.size);
  const spans = rules.map((rule) => {
    const [from, to] = [orderOf.get(rule.from), orderOf.get(rule.to === '' ? rule.from : rule.to)];
    return { ...rule, low: Math.min(from ?? -1, to ?? -1), high: Math.max(from ?? -1, to ?? -1) };
  });
  return (index) => {
    const { zone = '', row = '' } = seats[index] ?? {};
    const order = orderOf.get(row) ?? -1;
    return spans.find(({ zone: ofZone, from, low, high }) => {
      if (ofZone !== '' && ofZone !== zone) return false;
      // A name without a row may be that of a zone.
      return from === '' || from === zone || (low >= 0 && low <= order && order <= high);
    })?.category;
  };
}
