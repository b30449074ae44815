/** What the binary exports and its declarations leave out. */
import type { ListenOptions, RecognizedString, us_listen_socket } from 'uWebSockets.js';

declare module 'uWebSockets.js' {
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: ListenOptions;

  interface TemplatedApp {
    listen(
      host: RecognizedString,
      port: number,
      options: ListenOptions,
      callback: (socket: us_listen_socket | false) => void,
    ): TemplatedApp;
  }
}
