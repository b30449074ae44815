/**
 * Hashes for placement, by hand since `node:crypto` is neither pure nor fast enough: a decision scores every node, and one
 * SHA-256 costs more than scoring a hundred of them. Nobody gains by forging a collision here; what counts is that pairs
 * of node and showtime are scattered evenly.
 */

/** The finaliser of MurmurHash3: a bijection of 32-bit words in which each input bit flips about half of the output. */
export function scramble(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** MurmurHash3 (x86, 32 bits) in which every UTF-16 unit is a block. Different seeds give independent words. */
export function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    let block = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash ^= block;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return scramble(hash ^ text.length);
}
