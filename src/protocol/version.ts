/**
 * The wire version, spoken as the WebSocket subprotocol. A test (tests/unit/protocol/wire-fingerprint.test.ts) hashes
 * the shape of every message and fails until its hash and this history are moved on purpose, so that the wire never
 * changes by accident.
 *
 * History:
 * - 1: first version. Since: the error `moving`, which an older client handles like other retryable errors; the close code 4203
 *   (`moved`), after which it reconnects; GET /v1/showtimes/{id}/connect, which it need not ask; and
 *   `availability` in showtimes, which it passes over; `again` in commands, which a client need not say; the error
 *   `invalid_reference`, GET /v1/bookings/{reference}, GET /openapi.json, and `next` in lists of showtimes. Before the first
 *   release `book` came to require `price`; `terms` in `welcome` and as a message, `price` and `seats` in errors, which an
 *   older client passes over; the error `price_changed`;
 *   `rules` in `welcome` and `terms`, and `beside` in conflicts of a `single_gap`, which now name the seat that would be left;
 *   `tables` in seat maps, and the reason `table_split`;
 *   `startsAtLocal`, `day` and the time zone of the venue in showtimes, and `date` among the parameters of their list;
 *   the error `second_factor_missing`;
 *   the errors `unknown_venue`, `unknown_hall`, `already_exists`, `in_use`, `invalid_plan`, `seats_in_use` and
 *   `unpriced_category`, the member `faults` of errors, and the endpoints of halls;
 *   `ETag` and `If-Match` on what people edit, with the errors `precondition_required`, `stale_version`, `unknown_movie`,
 *   `showtime_overlap`, `showtime_past`, `showtime_cancelled`;
 *   an optional `Idempotency-Key` where things are added; `cancelled` in terms, and `cause` in `hold_taken_away`;
 *   the error `invalid_code`;
 *   the errors `weak_password`, `wrong_credentials`, `code_required`, `account_disabled`, `invalid_link`;
 *   `originalTitle`, `languages`, `rating`, `releaseDate`, `posterUrl` in movies, `next` in lists of movies, GET /v1/cities, and the
 *   parameters `q`, `genre`, `language`, `city` and `venue` of lists;
 *   the close code 4002 (`revoked`), after which an older client stops, as after other codes of 4000 to 4099; GET /.well-known/jwks.json;
 *   the errors `too_many_held`, `too_many_bookings` and `held_too_long`, the members `limit`, `scope` and `of` of errors, and the
 *   reason `held_too_long`;
 *   the errors `unknown_account`, `last_administrator`;
 *   the error `unknown_api_key`, and the endpoints of API keys and of the audit log;
 *   ticket types, of which an older client sells the first: `ticketTypes` in terms, showtimes, holds, bookings, `hold` and
 *   `best_available`, the command `retype`, the errors `unknown_ticket_type` and `ticket_type_limit` with `ticketType` and
 *   `limit`, the reasons `unknown_type` and `type_not_sold`;
 *   the commands `take_away` and `reseat`, `channel` and `customer` in commands, `channel` in holds and bookings, the message
 *   `hold_taken_away`, which an older client passes over, and the error `wrong_seat_count`;
 *   GET /v1/showtimes/{id}/seats/{label}/history and GET /v1/showtimes/{id}/blocks;
 *   the commands `allocate` and `deallocate` and GET /v1/showtimes/{id}/allocations, with the errors `channel_closed` and
 *   `allocation_over`;
 *   `orderId` in holds and bookings, which an older client passes over, and the errors `hold_in_order` and `booking_in_order`;
 *   the error `order_closed`, and the endpoints of orders; `salePolicy` of one showtime, with `exchange` in it.
 */
export const PROTOCOL_VERSION = 1;

/** The server sends binary MessagePack frames. */
export const SUBPROTOCOL_MSGPACK = 'usher.v1.msgpack';
/** The server sends JSON text frames; also what a client gets that asks for no subprotocol, so that `wscat` works. */
export const SUBPROTOCOL_JSON = 'usher.v1.json';

export type Encoding = 'msgpack' | 'json';
