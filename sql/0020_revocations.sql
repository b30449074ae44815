-- Nodes read revocations by the transaction that wrote them. Ids and times are taken before the commit, so a reader that went
-- by those would miss what was committed late: a commit may wait for a standby for as long as that is away.
ALTER TABLE boxoffice.revocations ADD COLUMN written_by xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX revocations_written_by ON boxoffice.revocations (written_by);

-- Of GET /v1/audit-log with a span of time.
CREATE INDEX audit_log_at ON boxoffice.audit_log (at, id);
