/**
 * A random UUID (version 4, RFC 9562). `crypto.randomUUID` exists in secure contexts only, so a page on plain http,
 * such as a kiosk in a local network, makes its own from `getRandomValues`, which is there everywhere.
 */
export function uuid(source: Pick<Crypto, 'getRandomValues'> & { randomUUID?: () => string } = crypto): string {
  if (source.randomUUID) return source.randomUUID();
  // In the pattern 0 and 1 become any digit, 8 becomes one of 8…b (the variant), and 4 stays (the version).
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const byte = source.getRandomValues(new Uint8Array(1))[0] ?? 0;
    return (Number(digit) ^ (byte & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
