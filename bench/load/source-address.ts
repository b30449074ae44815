const CLIENTS_AN_ADDRESS = 200;

/**
 * On Linux all of 127.0.0.0/8 is this host: different people then come from different addresses, as in life. It is also
 * needed, since one address has ports for some 28,000 connections to one server, those just closed among them.
 */
export function sourceAddress(host: string, index: number): { readonly localAddress?: string } {
  if (process.platform !== 'linux' || !host.startsWith('127.')) return {};
  const nth = Math.floor(index / CLIENTS_AN_ADDRESS);
  return { localAddress: `127.0.${1 + Math.floor(nth / 250)}.${1 + (nth % 250)}` };
}
