/** One address has ports for some 28,000 connections a minute to one server; Linux has sixteen million of such addresses. */
const ADDRESSES = 64;

let next = 0;

/** Where to connect from: another one each time, where the platform has more than one. */
export function homeAddress(): { readonly localAddress?: string } {
  if (process.platform !== 'linux') return {};
  next = (next + 1) % ADDRESSES;
  return { localAddress: `127.0.0.${2 + next}` };
}
