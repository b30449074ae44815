/** Where a guest's token outlives the page, so that a reload finds its holds again. */
export interface SessionStore {
  load(): string | undefined;
  save(token: string): void;
}

/**
 * A session store in this origin's localStorage. Storage can be switched off, full or absent (a server rendering the
 * page); then the session simply lasts as long as the client.
 */
export function browserSessionStore(key = 'usher.session'): SessionStore {
  return {
    load() {
      try {
        return localStorage.getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    save(token) {
      try {
        localStorage.setItem(key, token);
      } catch {
        // Nothing is lost but the reload.
      }
    },
  };
}
