/** Where Redis is, as one URL of the environment says. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** One server; or the sentinels to ask; or members of the cluster to begin with. At least one. */
  readonly hosts: readonly RedisHost[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  /** What the sentinels call the master. */
  readonly master?: string;
  readonly sentinelPassword?: string;
}

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

const FORM =
  /^(?<scheme>rediss?)(?:-(?<kind>sentinel|cluster))?:\/\/(?:(?<user>.*)@)?(?<hosts>[^@/?#]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;
const HOST = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[^[\]:\s]+))(?::(?<port>\d{1,5}))?$/i;
const FORMS =
  'redis://[user:password@]host[:port][/db], redis-sentinel://[user:password@]host[:port],…/master[?db=0&sentinelPassword=…] or ' +
  'redis-cluster://[user:password@]host[:port],…, each with rediss for TLS. Percent-encode what is special in a password';

/**
 * Reads `redis://`, `redis-sentinel://` and `redis-cluster://`, or the same with `rediss` for TLS.
 * @throws Error that says what is wrong, and never quotes a part in which a password may stand.
 */
export function readRedisUrl(url: string): RedisAddress {
  const parts = FORM.exec(url)?.groups;
  if (!parts) throw new Error(`The URL of Redis is not of a known form: ${FORMS}.`);
  const kind = parts['kind'] === 'sentinel' ? 'sentinel' : parts['kind'] === 'cluster' ? 'cluster' : 'single';
  const hosts = (parts['hosts'] ?? '').split(',').map((host) => readHost(host, kind));
  if (kind === 'single' && hosts.length > 1) throw wrong('names several hosts: is it redis-cluster or redis-sentinel?');
  const path = decoded(parts['path'] ?? '', 'path');
  const query = readQuery(parts['query'] ?? '', kind);
  const sentinelPassword = query.get('sentinelPassword');
  if (kind === 'sentinel' && path === '') throw wrong('does not name the master, as in redis-sentinel://host/mymaster');
  if (kind === 'cluster' && path !== '') throw wrong('has a path, and a cluster has one database only');
  return {
    kind,
    hosts,
    tls: parts['scheme'] === 'rediss',
    ...readUser(parts['user'] ?? ''),
    db: readDb(kind === 'single' ? path : (query.get('db') ?? '')),
    ...(kind === 'sentinel' ? { master: path } : {}),
    ...(sentinelPassword ? { sentinelPassword } : {}),
  };
}

function readHost(text: string, kind: RedisAddress['kind']): RedisHost {
  const parts = HOST.exec(text)?.groups;
  const port = Number(parts?.['port'] ?? (kind === 'sentinel' ? 26379 : 6379));
  // Not quoted: where an @ is missing, this is the password.
  if (!parts || port < 1 || port > 65_535) throw wrong('has a host that is not host or host:port');
  return { host: parts['v6'] ?? parts['name'] ?? '', port };
}

function readUser(text: string): { readonly username?: string; readonly password?: string } {
  const colon = text.indexOf(':');
  const username = decoded(colon < 0 ? text : text.slice(0, colon), 'user name');
  const password = colon < 0 ? '' : decoded(text.slice(colon + 1), 'password');
  if (username !== '' && password === '') throw wrong('has a user name and no password');
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function readQuery(text: string, kind: RedisAddress['kind']): URLSearchParams {
  const query = new URLSearchParams(text);
  const known = kind === 'sentinel' ? ['db', 'sentinelPassword'] : [];
  if ([...query.keys()].some((name) => !known.includes(name))) throw wrong('has a setting after ? that is not known');
  return query;
}

function readDb(text: string): number {
  if (!/^\d{0,4}$/.test(text)) throw wrong('has a database that is no number');
  return Number(text);
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong(`has a ${what} with a broken percent-encoding`);
  }
}

function wrong(what: string): Error {
  return new Error(`The URL of Redis ${what}. It is ${FORMS}.`);
}
