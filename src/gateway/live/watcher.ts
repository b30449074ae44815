import type { Frame } from '../../protocol/encode.js';
import type { ServerMessage } from '../../protocol/server-messages.js';
import type { Encoding } from '../../protocol/version.js';
import type { Recipient } from '../../runtime/outcome.js';

/** A session, as the channel that it watches sees it. Of a socket that is gone, every method does nothing. */
export interface Watcher extends Recipient {
  readonly encoding: Encoding;
  /** What was sent and the client has not read yet, as far as this host knows. */
  readonly unreadBytes: number;
  send(message: ServerMessage): void;
  sendFrame(frame: Frame): void;
  subscribe(topic: string): void;
  /** Takes it out of the topic; it asks for `catchUp` itself when it has read what it was sent. */
  conflate(topic: string): void;
  /** Leaves the channel within the call, and says goodbye, where much is unread once that was read. */
  end(code: number, reason: string): void;
}
