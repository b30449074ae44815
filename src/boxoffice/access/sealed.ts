/** Secrets at rest: what Postgres keeps of them is worth nothing without TOKEN_SECRET. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte of everything sealed, so that another cipher can follow one day. */
const FORM = 1;

/** Encrypts for one purpose. What was sealed for one purpose or about one row cannot be opened as another's. */
export interface Sealer {
  /** `about` names the row that the secret belongs to, such as the id of an account; it is not encrypted. */
  seal(secret: Uint8Array, about: string): Buffer;
  /** Undefined: it was sealed under another TOKEN_SECRET, about another row, or was changed since. */
  open(sealed: Uint8Array, about: string): Buffer | undefined;
}

/**
 * A key of its own for each purpose, made from the one secret that all nodes share (HKDF, RFC 5869). The parts of the server
 * that need further keys of that kind take them from here as well.
 * @param purpose part of the key: it may never change for what is stored.
 */
export function keyFor(tokenSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', tokenSecret, '', `usher ${purpose} 1`, KEY_BYTES));
}

/** AES-256 in Galois counter mode with a random nonce of 96 bits: enough for 2^32 secrets of one purpose. */
export function sealer(tokenSecret: string, purpose: string): Sealer {
  const key = keyFor(tokenSecret, purpose);
  return {
    seal(secret, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(about));
      const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([Buffer.of(FORM), nonce, encrypted, cipher.getAuthTag()]);
    },
    open(sealed, about) {
      if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORM) return undefined;
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(about));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const encrypted = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
      try {
        return Buffer.concat([decipher.update(encrypted), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
