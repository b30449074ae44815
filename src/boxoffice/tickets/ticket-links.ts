import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { TicketClaim } from './ticket-code.js';

const MAC_BYTES = 16;
const HEAD_BYTES = 5;

/**
 * Links to a ticket that work without a session until they expire, or until the ticket is passed on: they name its generation.
 * Nothing of them is kept, so that making one costs no write.
 */
export class TicketLinks {
  readonly #key: Buffer;

  /** @param tokenSecret of the node; all nodes of a cluster have the same. */
  constructor(tokenSecret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', tokenSecret, '', 'usher ticket links 1', 32));
  }

  /** @param expiresAt milliseconds since 1970; counted in whole seconds. */
  make(ticket: TicketClaim, expiresAt: number): string {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32BE(Math.floor(expiresAt / 1_000), 0);
    head.writeUInt8(ticket.generation, 4);
    return Buffer.concat([head, this.#macOf(ticket.ticketId, head)]).toString('base64url');
  }

  /** The generation that the link is for; undefined: it is no link of ours to this ticket, or has expired. */
  read(ticketId: string, link: string, now: number): number | undefined {
    const bytes = Buffer.from(link, 'base64url');
    if (bytes.length !== HEAD_BYTES + MAC_BYTES) return undefined;
    const head = bytes.subarray(0, HEAD_BYTES);
    const isOurs = timingSafeEqual(bytes.subarray(HEAD_BYTES), this.#macOf(ticketId, head));
    return isOurs && head.readUInt32BE(0) * 1_000 > now ? head.readUInt8(4) : undefined;
  }

  #macOf(ticketId: string, head: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(ticketId.toLowerCase()).update(head).digest().subarray(0, MAC_BYTES);
  }
}
