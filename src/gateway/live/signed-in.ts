/** What was revoked: see boxoffice/access. */
interface Revoked {
  readonly kind: 'session' | 'account' | 'key';
  readonly subject: string;
  /** Of an account: sockets that joined with fewer grants are closed. Absent: all of them. */
  readonly grants?: number | undefined;
}

/** A socket of an account or an API key. */
export interface SignedInSocket {
  readonly accountId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly grants: number;
  /** Closes it: what it joined by was revoked. */
  revoked(): void;
}

/**
 * The sockets of this node that can be revoked, by what they joined with. Guests are not among them: they are nearly all, and
 * nobody revokes them.
 */
export class SignedIn {
  readonly #sockets = new Map<string, Set<SignedInSocket>>();

  add(socket: SignedInSocket): void {
    for (const subject of subjectsOf(socket)) {
      const sockets = this.#sockets.get(subject) ?? new Set();
      this.#sockets.set(subject, sockets.add(socket));
    }
  }

  delete(socket: SignedInSocket): void {
    for (const subject of subjectsOf(socket)) {
      const sockets = this.#sockets.get(subject);
      sockets?.delete(socket);
      if (sockets?.size === 0) this.#sockets.delete(subject);
    }
  }

  /** Closes the sockets that joined by what was revoked. */
  revoke({ kind, subject, grants = Number.POSITIVE_INFINITY }: Revoked): void {
    // A copy: each leaves within the call.
    for (const socket of [...(this.#sockets.get(`${kind}:${subject}`) ?? [])]) {
      if (kind !== 'account' || socket.grants < grants) socket.revoked();
    }
  }
}

function subjectsOf({ accountId, sessionId, keyId }: SignedInSocket): string[] {
  return [
    ...(accountId === undefined ? [] : [`account:${accountId}`]),
    ...(sessionId === undefined ? [] : [`session:${sessionId}`]),
    ...(keyId === undefined ? [] : [`key:${keyId}`]),
  ];
}
