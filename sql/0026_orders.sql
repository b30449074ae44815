-- Orders, what was paid and given back for them, their tickets, and the outbox. All amounts are minor units of the order's
-- currency. Ids are made by nodes before the first try, so that a repeated statement finds its own rows.

-- What a showtime charges besides its prices, and what a buyer gets back: src/boxoffice/orders/sale-policy.ts reads it.
ALTER TABLE boxoffice.showtimes ADD COLUMN sale_policy jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sale_policy) = 'object');

CREATE TABLE boxoffice.orders (
  id uuid PRIMARY KEY,
  reference text NOT NULL UNIQUE,
  -- Whose holds it was made from, and whose its bookings are.
  holder text NOT NULL,
  account_id uuid REFERENCES boxoffice.accounts (id) ON DELETE SET NULL,
  email text,
  name text NOT NULL DEFAULT '',
  -- Of the mails: a language tag of BCP 47.
  locale text NOT NULL DEFAULT 'en',
  channel text NOT NULL DEFAULT 'web' CHECK (channel IN ('web', 'walk_in', 'pos', 'partner')),
  -- The holder who ordered for a customer; null: the customer did.
  ordered_by text,
  state text NOT NULL
    CHECK (state IN ('draft', 'awaiting_payment', 'paid', 'fulfilled', 'expired', 'cancelled', 'refunded', 'partly_refunded')),
  -- Why it ended as it did: a code, such as late_payment or showtime_cancelled.
  reason text,
  -- A paid order is either fulfilled or refunded. Whoever decides writes it here first; it is never changed.
  decision text CHECK (decision IN ('fulfil', 'refund')),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  total bigint NOT NULL DEFAULT 0 CHECK (total >= 0),
  -- Of the refunds that the provider has confirmed.
  refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= total),
  -- The order that this one was exchanged for.
  exchanged_for uuid REFERENCES boxoffice.orders (id),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Until when its holds are kept.
  expires_at timestamptz(3) NOT NULL,
  paid_at timestamptz(3),
  fulfilled_at timestamptz(3),
  ended_at timestamptz(3)
);
CREATE INDEX orders_holder ON boxoffice.orders (holder, id);
CREATE INDEX orders_account ON boxoffice.orders (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX orders_email ON boxoffice.orders (email, id) WHERE email IS NOT NULL;
CREATE INDEX orders_created_at ON boxoffice.orders USING brin (created_at);
-- What a monitor has to look at: few at any time.
CREATE INDEX orders_under_way ON boxoffice.orders (expires_at) WHERE state IN ('draft', 'awaiting_payment', 'paid');

-- One hold of an order, and the booking that it becomes.
CREATE TABLE boxoffice.order_bookings (
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  -- From 0.
  number integer NOT NULL CHECK (number >= 0),
  showtime_id uuid NOT NULL,
  hold_id uuid NOT NULL,
  booking_id uuid NOT NULL UNIQUE,
  booking_reference text NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'confirmed', 'failed', 'cancelled')),
  -- Which hold is booked: 0 is hold_id, 1 the first that was taken again after that had ended, and so on. It is raised before
  -- the hold it names is booked, and never once the order is to be refunded.
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  confirmed_at timestamptz(3),
  PRIMARY KEY (order_id, number)
);
CREATE INDEX order_bookings_showtime ON boxoffice.order_bookings (showtime_id);
CREATE UNIQUE INDEX order_bookings_hold ON boxoffice.order_bookings (hold_id) WHERE status IN ('pending', 'confirmed');

-- One seat of an order. What is paid for it is price + fee − discount; the tax is a part of that, and not added to it.
CREATE TABLE boxoffice.order_lines (
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  -- From 0.
  line integer NOT NULL CHECK (line >= 0),
  booking_number integer NOT NULL,
  showtime_id uuid NOT NULL,
  seat_index integer NOT NULL CHECK (seat_index >= 0),
  seat text NOT NULL,
  category text NOT NULL,
  ticket_type text NOT NULL DEFAULT '',
  price bigint NOT NULL CHECK (price >= 0),
  fee bigint NOT NULL DEFAULT 0 CHECK (fee >= 0),
  discount bigint NOT NULL DEFAULT 0 CHECK (discount >= 0 AND discount <= price + fee),
  tax bigint NOT NULL DEFAULT 0 CHECK (tax >= 0),
  -- In hundredths of a percent.
  tax_rate integer NOT NULL DEFAULT 0 CHECK (tax_rate >= 0 AND tax_rate <= 10000),
  -- returned: the seat was given back, and refunded as far as the policy says.
  state text NOT NULL DEFAULT 'sold' CHECK (state IN ('sold', 'returned')),
  refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0),
  PRIMARY KEY (order_id, line),
  FOREIGN KEY (order_id, booking_number) REFERENCES boxoffice.order_bookings (order_id, number)
);

-- What lowers an order: a voucher, or points of loyalty. The lines have their shares of it.
CREATE TABLE boxoffice.order_discounts (
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  number integer NOT NULL CHECK (number >= 0),
  kind text NOT NULL CHECK (kind IN ('voucher', 'points')),
  -- The code of the voucher; null for points.
  code text,
  points integer CHECK (points > 0),
  amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (order_id, number)
);

-- One try to pay an order.
CREATE TABLE boxoffice.payments (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  provider text NOT NULL,
  -- The provider's id of it; null until it has answered.
  provider_ref text,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  state text NOT NULL CHECK (state IN ('created', 'requires_action', 'processing', 'succeeded', 'failed', 'cancelled')),
  -- Why it failed, as the provider's code.
  failure text,
  -- What arrived: another sum than was asked for is refunded.
  received bigint CHECK (received >= 0),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz(3),
  CHECK ((state = 'succeeded') = (received IS NOT NULL))
);
CREATE INDEX payments_order ON boxoffice.payments (order_id);
CREATE UNIQUE INDEX payments_provider_ref ON boxoffice.payments (provider, provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX payments_open ON boxoffice.payments (created_at) WHERE state IN ('created', 'requires_action', 'processing');

-- One sum given back. Its id is the key by which the provider recognises a repeated request.
CREATE TABLE boxoffice.refunds (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  payment_id uuid NOT NULL REFERENCES boxoffice.payments (id),
  provider_ref text,
  amount bigint NOT NULL CHECK (amount > 0),
  -- A code, such as late_payment, wrong_sum, returned or showtime_cancelled.
  reason text NOT NULL,
  -- The lines that it pays back; empty: none in particular.
  lines integer[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'succeeded', 'failed')),
  failure text,
  tries integer NOT NULL DEFAULT 0,
  try_after timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  asked_by text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz(3)
);
CREATE INDEX refunds_order ON boxoffice.refunds (order_id);
CREATE INDEX refunds_pending ON boxoffice.refunds (try_after) WHERE state = 'pending';

-- What a provider told, once each, whether or not anything came of it.
CREATE TABLE boxoffice.payment_events (
  provider text NOT NULL,
  event_id text NOT NULL,
  kind text NOT NULL,
  provider_ref text,
  -- What came of it, as a code.
  outcome text NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX payment_events_received_at ON boxoffice.payment_events USING brin (received_at);

-- One ticket of a line. `generation` is raised when it is passed on: codes of an earlier one are refused.
CREATE TABLE boxoffice.tickets (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  line integer NOT NULL,
  booking_id uuid NOT NULL,
  showtime_id uuid NOT NULL,
  -- Where its owner sits now: a booking can be reseated.
  seat_index integer NOT NULL CHECK (seat_index >= 0),
  ticket_type text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'cancelled', 'refunded')),
  generation smallint NOT NULL DEFAULT 1 CHECK (generation > 0),
  -- Whom it was passed on to; null: the buyer has it.
  owner_name text,
  owner_email text,
  issued_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (order_id, line),
  FOREIGN KEY (order_id, line) REFERENCES boxoffice.order_lines (order_id, line)
);
CREATE INDEX tickets_booking ON boxoffice.tickets (booking_id);
CREATE INDEX tickets_showtime ON boxoffice.tickets (showtime_id);

-- What is to happen because of an effect, written in its transaction. A node moves the rows in bulk into the job queue and
-- deletes them in the same transaction.
CREATE TABLE boxoffice.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- What happened, such as order.fulfilled: the jobs that it makes are in src/boxoffice/outbox.
  topic text NOT NULL,
  -- What it happened to. Of one subject things are done in their order.
  subject text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
