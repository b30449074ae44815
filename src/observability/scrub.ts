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
/**
 * The password of a URL, and members of its query, wherever in a text they stand: the messages of errors quote both. The
 * password goes up to the last @, since it may have one. What may be long is bounded, here and below: texts come from
 * outside as well, and a look at each that is quadratic in its length would stop the node.
 */
const PASSWORDS = /(:\/\/[^\s:/@]{0,256}:)\S{1,512}@/g;
const PARAMETERS = /((?:password|secret|token)=)[^\s&]+/gi;
const DOTTED = /[\w.-]+/g;
/** How a signed token begins, and that it has three parts. */
const TOKEN = /^eyJ[^.]+\.[^.]+\./;
/** Of eight bits: JSON escapes those of seven, and a terminal may obey both. */
const CONTROLS = /[\u007f-\u009f]/g;
const CENSORED = '…';
/** Deeper than anything that we log; what lies below is left out, so that a cycle ends. */
const DEPTH_MAX = 8;

/**
 * A copy of what is about to be logged, without secrets: members of a telling name go whole, and in texts what looks
 * like a password or a token. Plain objects and arrays are looked into; instances of classes are the serializers' part.
 */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return CENSORED;
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1));
  if (!isPlain(value)) return value;
  const clean: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const secret = SECRETS.has(name.toLowerCase().replaceAll(/[_-]/g, ''));
    clean[name.replace(CONTROLS, '\ufffd')] = secret ? CENSORED : scrub(member, depth + 1);
  }
  return clean;
}

function scrubText(text: string): string {
  const clean = text
    .replace(PASSWORDS, `$1${CENSORED}@`)
    .replace(PARAMETERS, `$1${CENSORED}`)
    .replace(CONTROLS, '\ufffd');
  return clean.includes('eyJ') ? clean.replace(DOTTED, withoutToken) : clean;
}

/** `dotted` has no blanks: what follows the beginning of a token goes with it. */
function withoutToken(dotted: string): string {
  const at = dotted.indexOf('eyJ');
  return at >= 0 && TOKEN.test(dotted.slice(at)) ? dotted.slice(0, at) + CENSORED : dotted;
}

/** Serialized errors of pino have a prototype of their own, but are plain in all else. */
function isPlain(value: object): boolean {
  return (
    !(value instanceof Error) && (value.constructor === Object || 'stack' in value || value.constructor === undefined)
  );
}
