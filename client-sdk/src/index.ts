/** The client of an Usher server: one showtime's seats, live, and the commands on them. See README.md. */

export type { Conflict, ConflictReason, ErrorCode } from '../../src/protocol/errors.js';
export type { Money } from '../../src/protocol/money.js';
export type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
export { SEAT_STATUSES, type SeatStatus } from '../../src/protocol/seat-status.js';
export type {
  BestAvailableQuality,
  BookingView,
  HoldView,
  Limits,
  TermsView,
  TicketTypeView,
} from '../../src/protocol/server-messages.js';
export type { ClientOptions, ShownHold, ShowtimeClient } from './client.js';
export type { ClientEvents, ClientState } from './client-state.js';
export type {
  BestAvailableWish,
  Channel,
  Command,
  CommandOptions,
  HoldOptions,
  Payment,
  StaffCommand,
} from './commands.js';
export type { ConnectionState } from './connection-state.js';
export type { TimeLeft } from './countdown.js';
export { createClient } from './create-client.js';
export type { Environment, Wake } from './environment.js';
export type { SeatChange, SeatCounts } from './local-house.js';
export { formatMoney } from './money.js';
export type {
  ActResult,
  BestAvailableResult,
  BookingResult,
  ClientError,
  HoldResult,
  Refused,
  ReleaseResult,
} from './results.js';
export type { TokenSource } from './session.js';
export { browserSessionStore, type SessionStore } from './session-store.js';
export type { SocketLike, WebSocketConstructor } from './web-socket.js';
