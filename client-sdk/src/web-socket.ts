/** The part of a WebSocket that the client uses; the browser's, Node's and that of `ws` all have it. */
export interface SocketLike {
  binaryType: string;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/**
 * The WebSocket of this platform. Node before 22 has none: there the optional peer dependency `ws` is loaded. Rejects
 * with what to do where that is missing too.
 */
export function platformWebSocket(): WebSocketConstructor | Promise<WebSocketConstructor> {
  return typeof WebSocket === 'function' ? WebSocket : loadModule('ws');
}

/**
 * The specifier is an argument, so that no bundler sees a dependency here: a browser never gets this far, and a bundle
 * for one must not carry `ws` or fail for want of it.
 */
async function loadModule(specifier: string): Promise<WebSocketConstructor> {
  let module: { readonly WebSocket: WebSocketConstructor };
  try {
    module = await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
  } catch (cause) {
    throw new Error(`No WebSocket here: install "${specifier}" or pass options.WebSocket.`, {
      cause,
    });
  }
  return module.WebSocket;
}
