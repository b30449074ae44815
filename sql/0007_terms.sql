-- What a showtime is sold by can change while it is sold: decision 0023.

ALTER TABLE usher.showtimes
  -- Counts up with every change of what a showtime is sold by, so that whoever runs it notices.
  ADD COLUMN terms_version bigint NOT NULL DEFAULT 1 CHECK (terms_version > 0),
  -- Before then nothing is sold; NULL: from the start.
  ADD COLUMN sales_open_at timestamptz(3);

CREATE FUNCTION usher.count_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  -- Holds and bookings are amounts in the currency of their showtime.
  IF NEW.currency <> OLD.currency THEN
    RAISE EXCEPTION 'showtime % keeps its currency', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF (OLD.prices, OLD.rules, OLD.sales_open, OLD.sales_open_at, OLD.starts_at)
     IS DISTINCT FROM (NEW.prices, NEW.rules, NEW.sales_open, NEW.sales_open_at, NEW.starts_at) THEN
    NEW.terms_version := OLD.terms_version + 1;
  END IF;
  RETURN NEW;
END $$;
-- What is compared stands in the function: a condition of the trigger would forbid later changes of those columns.
CREATE TRIGGER count_terms BEFORE UPDATE ON usher.showtimes FOR EACH ROW EXECUTE FUNCTION usher.count_terms();

-- What the seat cost when it was held, in minor units of the showtime's currency: the price that was promised is the
-- price that is paid. NULL where a node of an earlier version held it: then it costs what its category costs.
ALTER TABLE usher.hold_seats ADD COLUMN amount bigint CHECK (amount >= 0);

