/** Who may call an endpoint. `session`: anybody with a session, a guest too. `staff`: only the role staff. */
export type Access = 'public' | 'session' | 'staff';

export type Role = 'guest' | 'user' | 'staff';

/** Who sent a request, as their session says. */
export interface Caller {
  /** `guest:<uuid>` for signed guests. */
  readonly holder: string;
  readonly role: Role;
}

/** Checks a session: the caller, or a sentence that says what is wrong with the session and gives nothing away. */
export type Authenticate = (session: string) => Promise<Caller | string>;
