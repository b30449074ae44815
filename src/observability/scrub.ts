/** Names of members whose values are nobody's business, in lower case and without `_` and `-`. */
const SECRETS = new Set([
  'authorization',
  'connectionstring',
  'cookie',
  'databaseurl',
  'password',
  'redisurl',
  'secret',
  'session',
  'token',
  'tokensecret',
]);
/** The password of a URL, and a signed token, wherever in a text they stand: the messages of errors quote both. */
const PASSWORDS = /(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi;
const TOKENS = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const CENSORED = '…';
/** Deeper than anything that we log; what lies below is left out, so that a cycle ends. */
const DEPTH_MAX = 8;

/**
 * A copy of what is about to be logged, without secrets: members of a telling name go whole, and in texts what looks
 * like a password or a token. Plain objects and arrays are looked into; instances of classes are the serializers' part.
 */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.replace(PASSWORDS, `$1${CENSORED}@`).replace(TOKENS, CENSORED);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return CENSORED;
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1));
  if (!isPlain(value)) return value;
  const clean: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const secret = SECRETS.has(name.toLowerCase().replaceAll(/[_-]/g, ''));
    clean[name] = secret ? CENSORED : scrub(member, depth + 1);
  }
  return clean;
}

/** Serialized errors of pino have a prototype of their own, but are plain in all else. */
function isPlain(value: object): boolean {
  return (
    !(value instanceof Error) && (value.constructor === Object || 'stack' in value || value.constructor === undefined)
  );
}
