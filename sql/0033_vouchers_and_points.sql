-- Vouchers, and points of loyalty: what lowers an order (boxoffice.order_discounts).
CREATE TABLE boxoffice.vouchers (
  id uuid PRIMARY KEY,
  -- As it is compared: upper case, without blanks and hyphens.
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4,40}$'),
  description text NOT NULL DEFAULT '',
  -- Either an amount in minor units of the currency, or hundredths of a percent.
  amount bigint CHECK (amount > 0),
  percent integer CHECK (percent > 0 AND percent <= 10000),
  -- Of the amount and of the minimum. Null: it counts in each.
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  -- Whom it counts for: empty: all.
  channels text[] NOT NULL DEFAULT '{}',
  showtimes uuid[] NOT NULL DEFAULT '{}',
  movies text[] NOT NULL DEFAULT '{}',
  valid_from timestamptz(3),
  valid_until timestamptz(3),
  -- What an order costs without discounts at least.
  minimum bigint NOT NULL DEFAULT 0 CHECK (minimum >= 0),
  uses_max integer CHECK (uses_max > 0),
  uses_per_holder integer CHECK (uses_per_holder > 0),
  enabled boolean NOT NULL DEFAULT true,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  version bigint NOT NULL DEFAULT 1,
  CHECK ((amount IS NULL) <> (percent IS NULL)),
  CHECK (currency IS NOT NULL OR (amount IS NULL AND minimum = 0))
);

-- An order that a voucher lowers. The uses that count are those that were not given back: there is no counter, so that giving
-- back waits for nobody.
CREATE TABLE boxoffice.voucher_uses (
  order_id uuid NOT NULL,
  voucher_id uuid NOT NULL REFERENCES boxoffice.vouchers (id),
  -- Whose use it is: account:<id>, or the holder of the order.
  holder text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  taken_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  given_back_at timestamptz(3),
  PRIMARY KEY (order_id, voucher_id)
);
CREATE INDEX voucher_uses_counting ON boxoffice.voucher_uses (voucher_id, holder) WHERE given_back_at IS NULL;

-- Points of loyalty: what an account has is the sum of its rows. Rows are added and never changed.
CREATE TABLE boxoffice.points_ledger (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES boxoffice.accounts (id),
  order_id uuid NOT NULL,
  -- earned: the order was fulfilled. redeemed: they lower it. given_back: it ended without seats, or seats were returned.
  -- taken_back: what was earned with seats that were returned.
  reason text NOT NULL CHECK (reason IN ('earned', 'redeemed', 'given_back', 'taken_back')),
  points integer NOT NULL CHECK (points <> 0 AND (points > 0) = (reason IN ('earned', 'given_back'))),
  -- Of a return of some seats: what had been returned up to then. Makes each row one that can be written once.
  step bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (order_id, reason, step)
);
CREATE INDEX points_ledger_account ON boxoffice.points_ledger (account_id, id);
CREATE FUNCTION boxoffice.refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger of points is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON boxoffice.points_ledger
  FOR EACH STATEMENT EXECUTE FUNCTION boxoffice.refuse_ledger_change();
