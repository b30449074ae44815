-- Seats that were given back, and what was paid back for them. The row is the decision: lines, tickets and the refund change in the
-- transaction that writes it. Then the house still has to free the seats, and is asked until it has.
CREATE TABLE boxoffice.returns (
  -- Made of the order and what asked for it, so that a repeat finds it.
  id uuid PRIMARY KEY,
  -- Of one order the house is asked in this order.
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  -- The reason of its refund too.
  reason text NOT NULL CHECK (reason IN ('returned', 'staff', 'showtime_cancelled')),
  -- Whose seats were given back; empty: money only.
  lines integer[] NOT NULL,
  -- Minor units of the order's currency; 0: there is no refund.
  amount bigint NOT NULL CHECK (amount >= 0),
  -- A hash of the request; null: no request asked for it.
  asked text,
  asked_by text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- When the house had freed the seats; null: it still has to.
  freed_at timestamptz(3),
  tries integer NOT NULL DEFAULT 0,
  try_after timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CHECK (lines <> '{}' OR freed_at IS NOT NULL)
);
CREATE INDEX returns_order ON boxoffice.returns (order_id, number);
CREATE INDEX returns_to_free ON boxoffice.returns (try_after) WHERE freed_at IS NULL;

-- Showtimes that were cancelled, until all of their orders are refunded.
CREATE TABLE boxoffice.showtime_refunds (
  showtime_id uuid PRIMARY KEY,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- A node that goes through the orders moves this on first, so that no other one does the same meanwhile.
  look_after timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  done_at timestamptz(3)
);
CREATE INDEX showtime_refunds_open ON boxoffice.showtime_refunds (look_after) WHERE done_at IS NULL;
