-- Answers to requests that created something, by the Idempotency-Key that their sender gave: the same request again gets the same
-- answer and creates nothing. Written in the transaction of the effect. Rows are forgotten after a day.
CREATE TABLE boxoffice.idempotency_keys (
  holder text NOT NULL,
  key uuid NOT NULL,
  -- The SHA-256 of what was asked for.
  request text NOT NULL CHECK (request ~ '^[0-9a-f]{64}$'),
  answer json NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (holder, key)
);
CREATE INDEX idempotency_keys_created_at ON boxoffice.idempotency_keys (created_at);
