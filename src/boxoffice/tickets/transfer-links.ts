import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const ID_BYTES = 16;

/**
 * Links by which a ticket is taken over. A link is named by an id that is no secret: its token is a function of the id and a key
 * that is not in the database. So a mail that waits to be sent has no token in it, and a copy of the same mail has the same link.
 */
export class TransferLinks {
  readonly #siteUrl: string;
  readonly #key: Buffer;

  /** @param tokenSecret of the node; all nodes of a cluster have the same. */
  constructor(siteUrl: string, tokenSecret: string) {
    this.#siteUrl = siteUrl;
    this.#key = Buffer.from(hkdfSync('sha256', tokenSecret, '', 'usher ticket transfers 1', 32));
  }

  /** The id of a new link. */
  make(): string {
    return randomBytes(ID_BYTES).toString('base64url');
  }

  /** Behind the `#`, which browsers send to no server: the token is in no log and in no `Referer`. */
  urlOf(linkId: string): string {
    return `${this.#siteUrl}/ticket#accept=${this.#tokenOf(linkId)}`;
  }

  /** What is kept of a link. */
  hashOf(linkId: string): Buffer {
    return hashOfToken(this.#tokenOf(linkId));
  }

  #tokenOf(linkId: string): string {
    return createHmac('sha256', this.#key).update(linkId).digest('base64url');
  }
}

/** 256 bits that nobody guesses who has no TOKEN_SECRET: not worth a slow hash. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
