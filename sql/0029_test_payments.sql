-- The ledger of the built-in test provider: what it would know if it were a bank of its own. Orders read it only through the
-- port of payment providers.

CREATE TABLE boxoffice.test_payments (
  -- The id of the payment. The provider's own name of it is test_<id>.
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  -- Of the order, for people.
  reference text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Which test card: src/boxoffice/payments/test-cards.ts.
  card text NOT NULL,
  return_url text NOT NULL,
  state text NOT NULL CHECK (state IN ('succeeded', 'failed', 'processing', 'requires_action', 'cancelled')),
  -- What the buyer paid: another sum than was asked for, by one of the cards.
  received bigint CHECK (received > 0),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CHECK ((state = 'succeeded') = (received IS NOT NULL))
);

CREATE TABLE boxoffice.test_refunds (
  -- The id of the refund: a repeated request finds it.
  id uuid PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES boxoffice.test_payments (id),
  amount bigint NOT NULL CHECK (amount > 0),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX test_refunds_payment ON boxoffice.test_refunds (payment_id);

-- One report that the provider still has to make, or has made late.
CREATE TABLE boxoffice.test_payment_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES boxoffice.test_payments (id),
  -- When it is reported. A node that reports it moves this on first, so that no other one does the same meanwhile.
  due_at timestamptz(3) NOT NULL,
  -- The money of a late payment: it arrives when the event is due.
  received bigint CHECK (received > 0),
  reported_at timestamptz(3)
);
CREATE INDEX test_payment_events_due ON boxoffice.test_payment_events (due_at) WHERE reported_at IS NULL;
CREATE INDEX test_payment_events_payment ON boxoffice.test_payment_events (payment_id);

-- When a node next asks the provider how an open payment stands, and how often that was done: src/boxoffice/payments/open-payments.ts.
ALTER TABLE boxoffice.payments ADD COLUMN looks integer NOT NULL DEFAULT 0 CHECK (looks >= 0);
ALTER TABLE boxoffice.payments ADD COLUMN look_after timestamptz(3);
