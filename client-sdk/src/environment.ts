import { uuid } from './uuid.js';
import { platformWebSocket, type SocketLike, type WebSocketConstructor } from './web-socket.js';

/**
 * `away`: the page goes into the back/forward cache, from which it may never come back. `back`: it is shown again.
 */
export type Wake = 'online' | 'offline' | 'visible' | 'away' | 'back';

/** Everything the client takes from its surroundings, in one place, so that a test can be all of it. */
export interface Environment {
  /** Milliseconds that only go forward, from any start. */
  now(): number;
  /** Milliseconds since 1970; used only until the server has told the time. */
  wallTime(): number;
  /** Calls once after `ms`; what it returns cancels. */
  setTimer(call: () => void, ms: number): () => void;
  /** Uniform in [0, 1). */
  random(): number;
  uuid(): string;
  openSocket(url: string, protocols: string[]): SocketLike | Promise<SocketLike>;
  fetch(url: string): Promise<Response>;
  /** False only where the platform is sure that there is no network. */
  isOnline(): boolean;
  /** Tells when the network comes or goes, when the page is looked at again, and of `away`; what it returns stops that. */
  onWake(call: (wake: Wake) => void): () => void;
  /** Where the errors of listeners go. */
  report(error: unknown): void;
}

/** The real surroundings: a browser's, or Node's with what is missing left out. */
export function platformEnvironment(given: {
  readonly WebSocket?: WebSocketConstructor | undefined;
  readonly fetch?: typeof fetch | undefined;
}): Environment {
  return {
    now: () => performance.now(),
    wallTime: () => Date.now(),
    setTimer(call, ms) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    uuid: () => uuid(),
    openSocket(url, protocols) {
      const Socket = given.WebSocket ?? platformWebSocket();
      if (Socket instanceof Promise) return Socket.then((Loaded) => new Loaded(url, protocols));
      return new Socket(url, protocols);
    },
    // Called as a plain function: a browser's fetch refuses to be a method of anything else.
    fetch: (url) => (given.fetch ? given.fetch(url) : fetch(url)),
    isOnline: () => typeof navigator !== 'object' || navigator.onLine !== false,
    onWake,
    // Node has no reportError; there a listener's error goes to the `error` event alone.
    report: (error) => globalThis.reportError?.(error),
  };
}

function onWake(call: (wake: Wake) => void): () => void {
  if (typeof document !== 'object') return () => undefined;
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener('online', () => call('online'), { signal });
  addEventListener('offline', () => call('offline'), { signal });
  const look = (): void => {
    if (document.visibilityState === 'visible') call('visible');
  };
  document.addEventListener('visibilitychange', look, { signal });
  // A page that is left for good closes its sockets by itself; `persisted` says that this one may come back.
  addEventListener('pagehide', ({ persisted }) => persisted && call('away'), { signal });
  addEventListener('pageshow', ({ persisted }) => persisted && call('back'), { signal });
  return () => listening.abort();
}
