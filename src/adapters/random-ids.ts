import { randomBytes, randomFillSync } from 'node:crypto';
import type { Ids } from '../runtime/ports.js';

/** Crockford's base 32 without I, L, O and U: what is read out over a counter is not misheard. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const POOL_BYTES = 4096;

/**
 * Ids from the system's randomness, drawn in pools since one draw a hold would cost a system call each.
 * UUID v7 as in RFC 9562 section 5.7: 48 bits of milliseconds, a version, 74 random bits.
 */
export function randomIds(wallMs: () => number): Ids {
  const pool = randomBytes(POOL_BYTES);
  let used = 0;
  const draw = (count: number): Buffer => {
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
  return {
    uuid() {
      const bytes = Buffer.alloc(16);
      bytes.writeUIntBE(wallMs(), 0, 6);
      draw(10).copy(bytes, 6);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    reference() {
      let reference = '';
      for (const byte of draw(10)) reference += ALPHABET[byte & 31];
      return reference;
    },
  };
}
