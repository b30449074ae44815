/**
 * A copy that shares nothing with the original, without members that are undefined: what is left of plain data after it
 * went over a wire. Throws for anything else, a cycle included, so that tests find who sends it.
 */
export function plainCopy(value: unknown): unknown {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return value;
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plainCopy);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TypeError(`Only plain data goes to another node, no ${typeof value}.`);
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plainCopy(member)]));
}
