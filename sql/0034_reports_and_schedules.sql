-- What reports read a year by, work that is done at its time, and old orders, which are kept by the month.

-- By when money moved: src/boxoffice/reports/entries.ts. (Payments have theirs from 0028.)
CREATE INDEX refunds_settled_at ON boxoffice.refunds (settled_at) WHERE state = 'succeeded';
CREATE INDEX orders_free ON boxoffice.orders (paid_at) WHERE total = 0 AND paid_at IS NOT NULL;

-- One job that runs again and again, once in the cluster: whoever has the lease runs it. A node that dies loses it after a while.
CREATE TABLE boxoffice.schedules (
  name text PRIMARY KEY,
  due_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Of the run that has the lease; null: none.
  run_id uuid,
  lease_until timestamptz(3),
  last_run_at timestamptz(3),
  -- Why the last run ended early; null: it did not.
  last_failure text
);

-- What somebody was told about an order, once.
CREATE TABLE boxoffice.order_notices (
  kind text NOT NULL CHECK (kind IN ('reminder', 'hold_ending')),
  order_id uuid NOT NULL,
  noticed_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kind, order_id)
);
CREATE INDEX order_notices_noticed_at ON boxoffice.order_notices (noticed_at);

-- Past, with sales: kept, and not listed any more.
ALTER TABLE boxoffice.showtimes ADD COLUMN unlisted_at timestamptz(3);
ALTER TABLE boxoffice.movies ADD COLUMN unlisted_at timestamptz(3);
CREATE INDEX showtimes_listed ON boxoffice.showtimes (starts_at) WHERE unlisted_at IS NULL;

-- Whose name and address were erased. The amounts stay.
ALTER TABLE boxoffice.orders ADD COLUMN erased_at timestamptz(3);
ALTER TABLE boxoffice.accounts ADD COLUMN erased_at timestamptz(3);
CREATE INDEX orders_personal ON boxoffice.orders (created_at) WHERE erased_at IS NULL;

-- An order that ended long ago, whole and without anybody's name, as JSON: the rows of its tables by their names.
CREATE TABLE boxoffice.archived_orders (
  -- The month in which it was made (UTC).
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  order_id uuid NOT NULL,
  reference text NOT NULL,
  booking_references text[] NOT NULL,
  archived_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  document jsonb NOT NULL,
  PRIMARY KEY (month, order_id)
) PARTITION BY RANGE (month);
CREATE INDEX archived_orders_order ON boxoffice.archived_orders (order_id);
CREATE INDEX archived_orders_reference ON boxoffice.archived_orders (reference);
CREATE INDEX archived_orders_bookings ON boxoffice.archived_orders USING gin (booking_references);

-- The entries of archived orders, as src/boxoffice/reports/entries.ts made them: reports count them with those of the orders that are left.
CREATE TABLE boxoffice.archived_entries (
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  order_id uuid NOT NULL,
  at timestamptz(3) NOT NULL,
  provider text NOT NULL,
  currency text NOT NULL,
  showtime uuid,
  channel text NOT NULL,
  seller text NOT NULL,
  ticket_type text NOT NULL,
  reason text NOT NULL,
  tickets bigint NOT NULL,
  gross bigint NOT NULL,
  fees bigint NOT NULL,
  discounts bigint NOT NULL,
  tax bigint NOT NULL,
  other bigint NOT NULL,
  returned_tickets bigint NOT NULL,
  refunds bigint NOT NULL,
  refunded_tax bigint NOT NULL
) PARTITION BY RANGE (month);
CREATE INDEX archived_entries_at ON boxoffice.archived_entries (at);
CREATE INDEX archived_entries_showtime ON boxoffice.archived_entries (showtime);

-- Makes the partitions of a month, where they are missing. A partition that an operator detached keeps its name: the new one of
-- the same month gets another. Runs as the owner of the schema, for a server has no right to make tables.
CREATE FUNCTION boxoffice.keep_archive_month(of_month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = boxoffice, pg_temp AS $$
DECLARE
  first date := date_trunc('month', of_month::timestamp)::date;
  past date := (first + interval '1 month')::date;
  parent text;
  child text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('boxoffice.keep_archive_month'));
  FOREACH parent IN ARRAY ARRAY['archived_orders', 'archived_entries'] LOOP
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = ('boxoffice.' || parent)::regclass
         AND pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES FROM (%L) TO (%L)', first, past));
    child := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
    WHILE to_regclass('boxoffice.' || child) IS NOT NULL LOOP
      child := child || '_more';
    END LOOP;
    EXECUTE format('CREATE TABLE boxoffice.%I PARTITION OF boxoffice.%I FOR VALUES FROM (%L) TO (%L)', child, parent, first, past);
  END LOOP;
END $$;

-- Removes orders that are in the archive, with all that is theirs: the only way in which an order is ever deleted. Returns how many.
CREATE FUNCTION boxoffice.remove_archived(ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = boxoffice, pg_temp AS $$
DECLARE
  removed integer;
BEGIN
  IF EXISTS (SELECT FROM unnest(ids) AS id WHERE NOT EXISTS (
      SELECT FROM boxoffice.archived_orders a WHERE a.order_id = id)) THEN
    RAISE EXCEPTION 'an order that is not archived is not removed' USING ERRCODE = 'restrict_violation';
  END IF;
  DELETE FROM boxoffice.ticket_transfers x USING boxoffice.tickets t WHERE x.ticket_id = t.id AND t.order_id = ANY (ids);
  DELETE FROM boxoffice.check_ins x USING boxoffice.tickets t WHERE x.ticket_id = t.id AND t.order_id = ANY (ids);
  DELETE FROM boxoffice.admissions x USING boxoffice.tickets t WHERE x.ticket_id = t.id AND t.order_id = ANY (ids);
  DELETE FROM boxoffice.tickets WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.order_discounts WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.order_lines WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.order_bookings WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.refunds WHERE order_id = ANY (ids);
  -- Made by a later migration, and there before this runs.
  DELETE FROM boxoffice.disputes WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.exchanges WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.order_credits WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.payments WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.order_notices WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.returns WHERE order_id = ANY (ids);
  DELETE FROM boxoffice.orders WHERE id = ANY (ids);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
