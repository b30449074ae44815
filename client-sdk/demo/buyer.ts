/**
 * Who buys in this window. The windows of one browser share their storage, so without more they are one guest, and a seat
 * that one window holds is released by a click in the other. `?buyer=2` gives a window a session of its own.
 */
import { browserSessionStore, type SessionStore } from '../src/index.js';
import { element } from './element.js';

const BUYERS_MAX = 9;

/** The number of this window's buyer; 1 where the address names none. */
export function buyerOf(search: string): number {
  const asked = Number(new URLSearchParams(search).get('buyer') ?? 1);
  return Number.isInteger(asked) && asked >= 1 && asked <= BUYERS_MAX ? asked : 1;
}

export function sessionOf(buyer: number): SessionStore {
  return buyer === 1 ? browserSessionStore() : browserSessionStore(`usher.session.${buyer}`);
}

/** Says who buys here, and opens the same page for another buyer. */
export function buyerLink(buyer: number, hash: string): HTMLElement {
  const next = buyer === 1 ? 2 : 1;
  const href = next === 1 ? `/${hash}` : `/?buyer=${next}${hash}`;
  const text = next === 1 ? 'Open the first buyer' : 'Open a second buyer';
  return element(
    'p',
    { className: 'buyer' },
    buyer > 1 && element('strong', {}, `Buyer ${buyer}`),
    element('a', { href, target: '_blank', rel: 'noopener' }, text),
  );
}
