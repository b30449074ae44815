-- What the server needs of orders besides their tables, and the last guard of their states: whatever program writes, an order
-- changes its state only as src/boxoffice/orders/order-states.ts says, and what was decided stays decided.

ALTER TABLE boxoffice.orders
  -- Made of the Idempotency-Key of the request and who sent it; null: its draft was cancelled, and the request may make another.
  ADD COLUMN request_id uuid UNIQUE,
  -- A hash of all that the request asked for.
  ADD COLUMN asked text,
  -- Until when a node has taken it on itself to bring the order on.
  ADD COLUMN claimed_until timestamptz(3);

-- When the hold would have ended, had it not gone into the order: so long its buyer has it again if the order is cancelled.
ALTER TABLE boxoffice.order_bookings ADD COLUMN hold_expires_at timestamptz(3);

-- What arrived, where that is another currency than was asked for.
ALTER TABLE boxoffice.payments ADD COLUMN received_currency text CHECK (received_currency ~ '^[A-Z]{3}$');
CREATE INDEX payments_settled_at ON boxoffice.payments USING brin (settled_at);

-- How many orders a holder has under way.
CREATE INDEX orders_open_of_holder ON boxoffice.orders (holder) WHERE state IN ('draft', 'awaiting_payment');

CREATE FUNCTION boxoffice.check_order_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
    ('draft', 'awaiting_payment'), ('draft', 'cancelled'),
    ('awaiting_payment', 'paid'), ('awaiting_payment', 'expired'), ('awaiting_payment', 'cancelled'),
    ('paid', 'fulfilled'), ('paid', 'refunded'),
    ('fulfilled', 'partly_refunded'), ('fulfilled', 'refunded'),
    ('partly_refunded', 'refunded'),
    ('expired', 'paid')
  ) THEN
    RAISE EXCEPTION 'An order that is % cannot become %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.decision IS NOT NULL AND NEW.decision IS DISTINCT FROM OLD.decision THEN
    RAISE EXCEPTION 'It was decided to % this order.', OLD.decision USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER check_order_change BEFORE UPDATE OF state, decision ON boxoffice.orders
  FOR EACH ROW EXECUTE FUNCTION boxoffice.check_order_change();
