-- Webhooks: whom the house tells what happened, and what became of each message.
CREATE TABLE boxoffice.webhook_endpoints (
  id uuid PRIMARY KEY,
  url text NOT NULL,
  topics text[] NOT NULL CHECK (cardinality(topics) > 0),
  description text NOT NULL DEFAULT '',
  -- Whom a mail tells when it was switched off.
  email text NOT NULL,
  -- Null: messages are sent. Else why not, as a code: asked, failing or gone.
  disabled_reason text CHECK (disabled_reason IN ('asked', 'failing', 'gone')),
  disabled_at timestamptz(3),
  -- What happened before is not told: when it was made, switched on, or got other topics.
  subscribed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Since the last success: when the first try failed, and how many did.
  failing_since timestamptz(3),
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  version bigint NOT NULL DEFAULT 1,
  CHECK ((disabled_reason IS NULL) = (disabled_at IS NULL))
);

-- What messages are signed with: of an endpoint one, and while it is rotated two.
CREATE TABLE boxoffice.webhook_secrets (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES boxoffice.webhook_endpoints (id) ON DELETE CASCADE,
  -- By src/boxoffice/access/secret-box.ts.
  sealed bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz(3)
);
CREATE INDEX webhook_secrets_endpoint ON boxoffice.webhook_secrets (endpoint_id);

-- What is told. The id is made from what happened, so that one event handled twice is one message.
CREATE TABLE boxoffice.webhook_messages (
  id text PRIMARY KEY,
  topic text NOT NULL,
  body text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX webhook_messages_created_at ON boxoffice.webhook_messages USING brin (created_at);

-- A message on its way to an endpoint.
CREATE TABLE boxoffice.webhook_deliveries (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES boxoffice.webhook_endpoints (id) ON DELETE CASCADE,
  message_id text NOT NULL REFERENCES boxoffice.webhook_messages (id),
  -- dead: given up, and kept to be tried again.
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
  tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  -- While a node tries: until when no other does.
  try_after timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  last_status integer,
  -- Why the last try failed, as a code.
  last_failure text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz(3),
  UNIQUE (endpoint_id, message_id),
  CHECK ((state = 'pending') = (settled_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON boxoffice.webhook_deliveries (endpoint_id, try_after) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_endpoint ON boxoffice.webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_message ON boxoffice.webhook_deliveries (message_id);
CREATE INDEX webhook_deliveries_settled ON boxoffice.webhook_deliveries USING brin (settled_at);

-- Up to when the history of seats was turned into messages. One node at a time moves it on: it locks the row.
CREATE TABLE boxoffice.webhook_follower (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  followed_until timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO boxoffice.webhook_follower DEFAULT VALUES;
-- The follower reads the newest rows of the history again and again: without a summary of their pages it reads all that were
-- written since the last vacuum.
ALTER INDEX usher.seat_acts_created_at SET (autosummarize = on);
