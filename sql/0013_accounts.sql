-- Accounts, how people log in, API keys, and the record of privileged acts. Secrets are stored as SHA-256 (those of 256
-- random bits), as argon2id (passwords) or encrypted under a key made from TOKEN_SECRET (TOTP and signing keys).

CREATE TABLE boxoffice.accounts (
  id uuid PRIMARY KEY,
  -- In lower case: nobody has two accounts that differ in case only.
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  name text NOT NULL DEFAULT '',
  -- NULL: none was set yet; the account was made by an administrator, and its owner was mailed a link.
  password_hash text,
  role text NOT NULL CHECK (role IN ('customer', 'staff', 'manager', 'admin')),
  -- Whose holds and bookings are theirs in the journal where no guest logged in: `account:<id>`.
  holder text NOT NULL UNIQUE,
  disabled_at timestamptz(3),
  -- Access tokens carry it; those with a lower one count no more. It rises with the role, the password and disabling.
  grants bigint NOT NULL DEFAULT 1,
  -- Encrypted; not in use before `totp_since` is set.
  totp_secret bytea,
  totp_since timestamptz(3),
  -- The 30-second step of the last code that was taken: none of that step or before is taken again.
  totp_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1
);
CREATE TRIGGER count_version BEFORE UPDATE ON boxoffice.accounts
  FOR EACH ROW EXECUTE FUNCTION boxoffice.count_version();
CREATE INDEX accounts_role ON boxoffice.accounts (role) WHERE role <> 'customer';

-- Every holder that an account has been: its own, and the guests that logged in to it.
CREATE TABLE boxoffice.account_holders (
  holder text PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES boxoffice.accounts ON DELETE CASCADE,
  since timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX account_holders_account ON boxoffice.account_holders (account_id);

CREATE TABLE boxoffice.recovery_codes (
  account_id uuid NOT NULL REFERENCES boxoffice.accounts ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at timestamptz(3),
  PRIMARY KEY (account_id, code_hash)
);

-- One log-in on one device. Its refresh tokens are a family: each is used once, and makes the next.
CREATE TABLE boxoffice.sessions (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES boxoffice.accounts ON DELETE CASCADE,
  -- The holder of this log-in: that of the account, or of the guest who logged in.
  holder text NOT NULL,
  second_factor boolean NOT NULL,
  address text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  revoked_because text
);
CREATE INDEX sessions_account ON boxoffice.sessions (account_id);
CREATE INDEX sessions_expires ON boxoffice.sessions (expires_at);

CREATE TABLE boxoffice.refresh_tokens (
  token_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES boxoffice.sessions ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  used_at timestamptz(3)
);
CREATE INDEX refresh_tokens_session ON boxoffice.refresh_tokens (session_id);

-- What was mailed to somebody: a sign-up to be confirmed, which is no account before, or a password to be set anew.
CREATE TABLE boxoffice.mailed_links (
  token_hash bytea PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('sign_up', 'password')),
  email text NOT NULL,
  -- Of a sign-up.
  name text,
  password_hash text,
  holder text,
  -- Of a password.
  account_id uuid REFERENCES boxoffice.accounts ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX mailed_links_expires ON boxoffice.mailed_links (expires_at);

-- The link that makes the first administrator: at most one row. The token follows from `nonce` and TOKEN_SECRET, so that
-- every node prints the same one, also after a restart.
CREATE TABLE boxoffice.setup_link (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  nonce bytea NOT NULL,
  token_hash bytea NOT NULL,
  expires_at timestamptz(3) NOT NULL
);

-- Failures and mails, counted for each subject (a hash of what is counted) in windows of fixed length.
CREATE TABLE boxoffice.attempts (
  subject bytea PRIMARY KEY,
  count integer NOT NULL,
  window_ends_at timestamptz(3) NOT NULL
);
CREATE INDEX attempts_window ON boxoffice.attempts (window_ends_at);

CREATE TABLE boxoffice.api_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  permissions text[] NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);

-- A key has two secrets while it is rotated.
CREATE TABLE boxoffice.api_key_secrets (
  secret_hash bytea PRIMARY KEY,
  key_id uuid NOT NULL REFERENCES boxoffice.api_keys ON DELETE CASCADE,
  -- Its last four letters, by which people tell two apart.
  hint text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- NULL: it counts as long as its key does.
  expires_at timestamptz(3),
  -- Written once a minute at most.
  last_used_at timestamptz(3)
);
CREATE INDEX api_key_secrets_key ON boxoffice.api_key_secrets (key_id);

-- What every node is to forget: it reads the rows of the last minutes every second. They are only added to, and removed when
-- every token that they could be about has expired.
CREATE TABLE boxoffice.revocations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('session', 'account', 'key')),
  subject uuid NOT NULL,
  -- Of an account: access tokens with fewer grants count no more.
  grants bigint,
  revoked_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX revocations_revoked_at ON boxoffice.revocations (revoked_at);

CREATE TABLE boxoffice.signing_keys (
  kid text PRIMARY KEY,
  public_key jsonb NOT NULL,
  -- PKCS #8, encrypted.
  private_key bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- Who did what with which right. Entries are only ever added; see the triggers.
CREATE TABLE boxoffice.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz(3) NOT NULL DEFAULT now(),
  holder text NOT NULL,
  role text NOT NULL,
  account_id uuid,
  session_id uuid,
  address text,
  action text NOT NULL,
  subject text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX audit_log_subject ON boxoffice.audit_log (subject, id);
CREATE INDEX audit_log_action ON boxoffice.audit_log (action, id);
CREATE INDEX audit_log_account ON boxoffice.audit_log (account_id, id);

CREATE FUNCTION boxoffice.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = boxoffice, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON boxoffice.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION boxoffice.refuse_change();
-- Not even where a session says that its triggers do not fire (session_replication_role).
ALTER TABLE boxoffice.audit_log ENABLE ALWAYS TRIGGER append_only;
