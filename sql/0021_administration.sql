-- Administrators look for accounts by the beginning of the address.
CREATE INDEX accounts_email_prefix ON boxoffice.accounts (email COLLATE "C");

-- The version is the ETag of what administrators edit: a log-in, which notes the step of its code, is no change of that.
DROP TRIGGER count_version ON boxoffice.accounts;
CREATE TRIGGER count_version
  BEFORE UPDATE OF email, name, password_hash, role, disabled_at, totp_since ON boxoffice.accounts
  FOR EACH ROW EXECUTE FUNCTION boxoffice.count_version();
