-- Payments that buyers dispute at their banks: how each dispute stands, as its provider says.
CREATE TABLE boxoffice.disputes (
  provider text NOT NULL,
  -- The provider's id of it.
  id text NOT NULL,
  payment_id uuid NOT NULL REFERENCES boxoffice.payments (id),
  order_id uuid NOT NULL REFERENCES boxoffice.orders (id),
  -- Null: a part of a minor unit, which no sum of ours has.
  amount bigint CHECK (amount > 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Codes of the provider.
  reason text NOT NULL,
  status text NOT NULL,
  -- Until when staff can answer; null: there is nothing to answer.
  answer_by timestamptz(3),
  -- When the event that said so was made: an older one that comes later changes nothing.
  as_of timestamptz(3) NOT NULL,
  PRIMARY KEY (provider, id)
);
CREATE INDEX disputes_order ON boxoffice.disputes (order_id);
CREATE INDEX disputes_payment ON boxoffice.disputes (payment_id);
