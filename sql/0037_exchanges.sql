-- An order whose seats are paid for with seats of an earlier one. All amounts are minor units; both orders have one currency.

ALTER TABLE boxoffice.orders
  -- Never written: a line says which order it was exchanged for.
  DROP COLUMN exchanged_for,
  -- What an earlier order brings in, besides `total`. It counts once the order is fulfilled.
  ADD COLUMN credit bigint NOT NULL DEFAULT 0 CHECK (credit >= 0),
  -- What went on into later orders.
  ADD COLUMN exchanged bigint NOT NULL DEFAULT 0 CHECK (exchanged >= 0),
  DROP CONSTRAINT orders_check,
  ADD CONSTRAINT orders_refunded_check CHECK (refunded >= 0 AND refunded + exchanged <= total + credit);

ALTER TABLE boxoffice.order_lines
  -- The order that this seat pays for; null: none. Of what was paid for the seat, `exchanged` went into that order.
  ADD COLUMN exchanged_for uuid,
  ADD COLUMN exchanged bigint NOT NULL DEFAULT 0 CHECK (exchanged >= 0),
  ADD CONSTRAINT order_lines_exchanged_for_check CHECK (exchanged_for IS NOT NULL AND state = 'returned' OR exchanged_for IS NULL AND exchanged = 0);

-- The last guard: whatever program writes, a line pays for one order.
CREATE FUNCTION boxoffice.check_line_exchange() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.exchanged_for IS NOT NULL OR OLD.state <> 'sold' THEN
    RAISE EXCEPTION 'Line % of order % was returned or exchanged before.', OLD.line, OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_line_exchange BEFORE UPDATE OF exchanged_for ON boxoffice.order_lines
  FOR EACH ROW EXECUTE FUNCTION boxoffice.check_line_exchange();

-- What a new order is to be exchanged for. It has no effect until the new order is fulfilled.
CREATE TABLE boxoffice.exchanges (
  -- The new order.
  order_id uuid PRIMARY KEY REFERENCES boxoffice.orders (id),
  -- The earlier one. Not a reference: the two are archived one after the other.
  of_order_id uuid NOT NULL,
  -- Lines of the earlier order; place by place what was paid for each, and what the house keeps of that.
  lines integer[] NOT NULL CHECK (lines <> '{}'),
  paid bigint[] NOT NULL,
  kept bigint[] NOT NULL,
  -- What goes back to whoever paid for the earlier order, because the new one costs less.
  refund bigint NOT NULL CHECK (refund >= 0),
  -- Staff exchange whatever the terms.
  by_staff boolean NOT NULL,
  CHECK (cardinality(lines) = cardinality(paid) AND cardinality(lines) = cardinality(kept))
);
CREATE INDEX exchanges_of_order ON boxoffice.exchanges (of_order_id);

-- Money of a payment that went from one order to another: a row of each, of which the sums are zero. What an order can still give
-- back of a payment is what that brought it, with these rows, less its refunds.
CREATE TABLE boxoffice.order_credits (
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  payment_id uuid NOT NULL REFERENCES boxoffice.payments (id),
  other_order_id uuid NOT NULL,
  -- Above 0: it came from the other order. Below: it went there.
  amount bigint NOT NULL CHECK (amount <> 0),
  -- Of the order that it went from: the lines that it had been paid for. Else empty.
  lines integer[] NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (order_id, other_order_id, payment_id)
);
CREATE INDEX order_credits_payment ON boxoffice.order_credits (payment_id);
CREATE INDEX order_credits_created_at ON boxoffice.order_credits (created_at);

ALTER TABLE boxoffice.returns
  DROP CONSTRAINT returns_reason_check,
  ADD CONSTRAINT returns_reason_check CHECK (reason IN ('returned', 'staff', 'showtime_cancelled', 'exchanged'));
