import { randomBytes, randomFillSync } from 'node:crypto';
import { makeReference } from '../core/booking-reference.js';
import type { Ids } from '../kernel/ids.js';

const POOL_BYTES = 4096;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const NIBBLE = '0123456789abcdef';

/**
 * Ids from the system's randomness, drawn in pools since one draw a hold would cost a system call each.
 * UUID v7 as in RFC 9562 section 5.7: 48 bits of milliseconds, a version, 74 random bits.
 */
export function randomIds(wallMs: () => number): Ids {
  const pool = randomBytes(POOL_BYTES);
  let used = 0;
  /** Where the next `count` bytes of randomness begin in the pool. */
  const draw = (count: number): number => {
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += count;
    return used - count;
  };
  const hex = (at: number) => HEX[pool[at] ?? 0];
  let prefixMs = Number.NaN;
  let prefix = '';
  return {
    // An id is made for every attempt at a hold, most of them refused: as text from ready pieces it costs a fifth of
    // what it does through a buffer.
    uuid() {
      const ms = Math.floor(wallMs());
      if (ms !== prefixMs) {
        const digits = ms.toString(16).padStart(12, '0');
        prefix = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
        prefixMs = ms;
      }
      const at = draw(10);
      const version = NIBBLE[(pool[at] ?? 0) & 0x0f];
      const variant = HEX[((pool[at + 2] ?? 0) & 0x3f) | 0x80];
      const middle = `${version}${hex(at + 1)}-${variant}${hex(at + 3)}-`;
      return `${prefix}${middle}${hex(at + 4)}${hex(at + 5)}${hex(at + 6)}${hex(at + 7)}${hex(at + 8)}${hex(at + 9)}`;
    },
    reference: () => makeReference(() => pool[draw(1)] ?? 0),
  };
}
