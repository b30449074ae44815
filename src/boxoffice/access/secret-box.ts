import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets that are kept in Postgres, by AES-256-GCM. The key is made from TOKEN_SECRET by HKDF, a different one for each
 * purpose, so that a copy of the database alone opens none of them.
 */
export class SecretBox {
  readonly #key: Buffer;

  /** `purpose` is stable and unique among the boxes, such as `usher signing keys 1`: what one box sealed no other opens. */
  constructor(tokenSecret: string, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', tokenSecret, '', purpose, 32));
  }

  /** `owner` names the row that the secret belongs to: copied to another row, it does not open. */
  seal(secret: Uint8Array, owner: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(owner));
    return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined where it was not sealed by this box for this owner: another TOKEN_SECRET, another row, or changed bytes. */
  open(sealed: Uint8Array, owner: string): Buffer | undefined {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}
