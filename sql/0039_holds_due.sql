-- When somebody has to give back the holds of an order that was cancelled or has expired; null: nobody has to. It is written with the
-- end of the order, and stays until every house has answered: whoever died in between left it to a monitor.
ALTER TABLE boxoffice.orders ADD COLUMN holds_due_at timestamptz(3);
CREATE INDEX orders_holds_due ON boxoffice.orders (holds_due_at) WHERE holds_due_at IS NOT NULL;
