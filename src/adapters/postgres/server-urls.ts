/** The scheme; user and hosts; database and parameters. */
const FORM = /^(postgres(?:ql)?:\/\/)([^/?#]*)(.*)$/is;
/** What libpq's `target_session_attrs` may say of the server that is written to. */
const WRITABLE = new Set(['any', 'read-write', 'primary']);

const ESCAPES = 'In a user or password / is written %2F, ? %3F, # %23, @ %40, : %3A and % %25';
const UNESCAPED = `a URL whose user and password are percent-encoded. ${ESCAPES}`;

/**
 * What is wrong with a `DATABASE_URL`, as a sentence that repeats no part of it; undefined where nothing is.
 * The form is libpq's: `postgres://user:password@host1:5432,host2:5433/database?parameter=value`.
 */
export function databaseUrlFault(databaseUrl: string): string | undefined {
  // A password that ends the hosts too early would become a host, and be repeated by whoever looks for that.
  const [, , , rest = ''] = FORM.exec(databaseUrl) ?? [];
  if (rest.includes('@')) return UNESCAPED;
  const urls = split(databaseUrl);
  if (!urls?.every((url) => URL.canParse(url))) {
    return `a postgres:// URL, with one host or several: postgres://user:password@host1:5432,host2:5432/database. ${ESCAPES}`;
  }
  if (!urls.every((url) => isEscaped(new URL(url)))) return UNESCAPED;
  const parameters = new URL(urls[0] ?? '').searchParams;
  if (/,/.test(`${parameters.get('host') ?? ''}${parameters.get('port') ?? ''}`)) {
    return 'several hosts stand before the database, separated by commas, and not among the parameters';
  }
  const wanted = parameters.get('target_session_attrs');
  if (wanted !== null && !WRITABLE.has(wanted)) {
    return `target_session_attrs is one of ${[...WRITABLE].join(', ')}: Usher needs a server that takes writes`;
  }
  return undefined;
}

/**
 * One URL for each server of a `DATABASE_URL`, in its order.
 * @throws Error that says what is wrong with it and repeats no part of it.
 */
export function serverUrls(databaseUrl: string): readonly string[] {
  const fault = databaseUrlFault(databaseUrl);
  if (fault !== undefined) throw new Error(`DATABASE_URL cannot be used: ${fault}.`);
  return split(databaseUrl) ?? [];
}

/** The user and password end at the last @ before the database, so that a comma in a password separates no hosts. */
function split(databaseUrl: string): readonly string[] | undefined {
  const [, scheme = '', authority = '', rest = ''] = FORM.exec(databaseUrl) ?? [];
  if (scheme === '') return undefined;
  const hostsAt = authority.lastIndexOf('@') + 1;
  const hosts = authority.slice(hostsAt).split(',');
  if (hosts.length > 1 && hosts.some((host) => host === '' || host.startsWith(':'))) return undefined;
  return hosts.map((host) => `${scheme}${authority.slice(0, hostsAt)}${host}${rest}`);
}

function isEscaped({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}
