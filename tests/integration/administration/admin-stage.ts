import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { insertAccount } from '../../../src/boxoffice/accounts/account-store.js';
import { MailedLinks } from '../../../src/boxoffice/accounts/mailed-links.js';
import { administrationEndpoints } from '../../../src/boxoffice/administration/administration-endpoints.js';
import { postgresAudit } from '../../../src/boxoffice/audit/audit.js';
import type { AccountRole, Caller } from '../../../src/http/access.js';
import { createDatabase } from '../database.js';
import { call } from './call.js';

/** The endpoints of administrators on a database of their own, as two nodes have it. */
export async function openAdminStage() {
  const database = await createDatabase();
  const open = () => new pg.Pool({ connectionString: database.url, max: 4 });
  const pools = [open(), open()] as const;
  const hashed: string[] = [];
  const parts = {
    audit: postgresAudit,
    // Argon2 has tests of its own; here it is counted what is hashed.
    passwords: { hash: async (password: string) => ({ ok: true, hash: `hash ${hashed.push(password)}` }) as const },
    links: new MailedLinks({
      siteUrl: 'https://cinema.example',
      tokenSecret: 'of the tests',
      signUpTtlMs: 1_000,
      passwordTtlMs: 1_000,
    }),
    wakeOutbox: () => {},
    uuid: randomUUID,
  };
  const nodes = pools.map((pool) => administrationEndpoints({ ...parts, pool }));
  const [pool] = pools;

  async function addAccount(role: AccountRole) {
    const id = randomUUID();
    await insertAccount(pool, { id, email: `${id}@a.example`, name: 'A', passwordHash: 'hash', role });
    const caller: Caller = {
      holder: `account:${id}`,
      role,
      accountId: id,
      sessionId: randomUUID(),
      address: '10.0.0.1',
    };
    return { id, caller };
  }

  /** Calls an endpoint of one of the nodes. */
  function ask<Body = Record<string, string>>(id: string, given: Parameters<typeof call>[2] = {}, node = 0) {
    return call<Body>(nodes[node] ?? [], id, given);
  }

  async function auditOf(accountId: string) {
    const { rows } = await pool.query<{ action: string; before: object | null; after: object | null; holder: string }>(
      'SELECT action, before, after, holder FROM boxoffice.audit_log WHERE subject = $1 ORDER BY id',
      [`account:${accountId}`],
    );
    return rows;
  }

  /** What is to be mailed, in its order. */
  async function mailsAsked() {
    const { rows } = await pool.query<{ topic: string; payload: { email: string; linkId: string } }>(
      'SELECT topic, payload FROM boxoffice.outbox ORDER BY id',
    );
    return rows;
  }

  return {
    ...{ pool, pools, mailsAsked, hashed, addAccount, ask, auditOf },
    /** As if the server were new. */
    forget: () => pool.query('DELETE FROM boxoffice.setup_link; DELETE FROM boxoffice.accounts'),
    close: async () => {
      await Promise.all(pools.map((each) => each.end()));
      await database.drop();
    },
  };
}
