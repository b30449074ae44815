-- Tickets: what they are called, whose they are, the keys of their codes, and who was admitted.
-- `tickets.seat_index` is the seat that the ticket was issued for, and stays that. Where its owner sits now is in the journal:
-- the seat at the same position of its booking, which staff may have reseated (src/boxoffice/tickets/ticket-store.ts).

ALTER TABLE boxoffice.tickets
  -- For people to type where the code cannot be read: twelve random letters that no keyboard layout changes. A ticket that is
  -- passed on gets another.
  ADD COLUMN reference text NOT NULL
    DEFAULT left(translate(gen_random_uuid()::text, '0123456789abcdef-', 'BCDFGHJKLNPRSTVX'), 12),
  -- Who accepted it when it was passed on; null: the buyer has it.
  ADD COLUMN owner_holder text,
  ADD COLUMN owner_account_id uuid REFERENCES boxoffice.accounts (id) ON DELETE SET NULL;
DROP INDEX boxoffice.tickets_showtime;
CREATE INDEX tickets_showtime ON boxoffice.tickets (showtime_id, reference);
CREATE INDEX tickets_owner ON boxoffice.tickets (owner_holder) WHERE owner_holder IS NOT NULL;

-- The keys that sign the codes, sealed with a key made from TICKET_SECRET. They are kept for as long as there may be tickets.
CREATE TABLE boxoffice.ticket_keys (
  -- In each code, as one byte.
  number smallint PRIMARY KEY CHECK (number BETWEEN 1 AND 255),
  sealed_key bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Set by an operator whose key has leaked: codes of this key are refused, and its tickets get codes of another.
  revoked_at timestamptz(3)
);

-- A ticket on its way to another person, by a link that works once.
CREATE TABLE boxoffice.ticket_transfers (
  token_hash bytea PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES boxoffice.tickets (id),
  -- Of the ticket when it was offered: once it was passed on, older links are worth nothing.
  generation smallint NOT NULL,
  -- Who offered it.
  holder text NOT NULL,
  -- Whom the link was mailed to; null: it was copied.
  email text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX ticket_transfers_ticket ON boxoffice.ticket_transfers (ticket_id);
CREATE INDEX ticket_transfers_expires_at ON boxoffice.ticket_transfers (expires_at);

-- Who is in: one row a ticket, whatever happens at two gates at once. Its scan is the earliest that admitted it.
CREATE TABLE boxoffice.admissions (
  ticket_id uuid PRIMARY KEY REFERENCES boxoffice.tickets (id),
  showtime_id uuid NOT NULL,
  scan_id uuid NOT NULL,
  gate text NOT NULL,
  admitted_at timestamptz(3) NOT NULL
);
CREATE INDEX admissions_showtime ON boxoffice.admissions (showtime_id);

-- Every scan, once, with what came of it.
CREATE TABLE boxoffice.check_ins (
  -- Made by the device before its first try.
  scan_id uuid PRIMARY KEY,
  -- What the gate lets in; null: whatever is open.
  showtime_id uuid,
  -- Null where the code is no ticket of ours.
  ticket_id uuid REFERENCES boxoffice.tickets (id),
  result text NOT NULL,
  -- The device let the person in while it was offline, and another device had let in somebody with the same ticket, or the
  -- ticket was not to be let in.
  is_conflict boolean NOT NULL DEFAULT false,
  gate text NOT NULL,
  device text NOT NULL,
  scanned_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Who was signed in at the device.
  holder text NOT NULL
);
CREATE INDEX check_ins_showtime ON boxoffice.check_ins (showtime_id, gate);
CREATE INDEX check_ins_ticket ON boxoffice.check_ins (ticket_id) WHERE ticket_id IS NOT NULL;
