/** The URLs of a server. A base with a path (`https://example.org/tickets/`) is a prefix of all of them. */
export interface Endpoints {
  /** The live endpoint of the showtime. */
  readonly live: string;
  /** An address that the server gave, a path or whole, as http(s). */
  http(address: string): string;
  /** The same as ws(s). */
  ws(address: string): string;
}

/** Throws a TypeError where the base is no absolute http(s) URL. */
export function endpointsOf(base: string | URL, showtimeId: string): Endpoints {
  const root = new URL(base);
  if (!/^https?:$/.test(root.protocol)) throw new TypeError(`Not an http(s) URL: ${root.href}`);
  const http = (address: string): string =>
    new URL(address.startsWith('/') ? root.pathname.replace(/\/$/, '') + address : address, root).href;
  const ws = (address: string): string => http(address).replace(/^http/, 'ws');
  return { live: ws(`/v1/showtimes/${encodeURIComponent(showtimeId)}/live`), http, ws };
}
