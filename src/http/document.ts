import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Exchange, Headers } from './exchange.js';

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** A body that is compressed once and sent often. */
export interface Document {
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

export function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false;
  return ['plain', 'gzip', 'brotli'].every((form) => Buffer.isBuffer((value as Record<string, unknown>)[form]));
}

/**
 * Compresses a body in both codings that browsers take.
 * @param effort `best` for what is kept for long, such as a seat map; `quick` for what changes within seconds.
 */
export async function makeDocument(plain: Buffer, effort: 'quick' | 'best'): Promise<Document> {
  const [level, quality] = effort === 'best' ? [9, 9] : [5, 4];
  const [gzipped, brotli] = await Promise.all([
    compressGzip(plain, { level }),
    compressBrotli(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }),
  ]);
  return { plain, gzip: gzipped, brotli };
}

/** A strong entity tag of the bytes. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}

/** Sends a document in the form that the client takes, or 304 where it has it. `headers` carry at least its `etag`. */
export function sendDocument(
  exchange: Exchange,
  headers: Headers & { readonly etag: string },
  document: Document,
): void {
  const all = { ...headers, vary: 'Accept-Encoding, Origin' };
  if (isSame(exchange.header('if-none-match'), headers.etag)) {
    exchange.send(304, all);
    return;
  }
  const coding = preferredCoding(exchange.header('accept-encoding'));
  if (coding === undefined) exchange.send(200, all, document.plain);
  else exchange.send(200, { ...all, 'content-encoding': coding === 'brotli' ? 'br' : 'gzip' }, document[coding]);
}

/** RFC 9110 section 13.1.2: a list, compared weakly, since proxies that compress weaken what they pass on. */
export function isSame(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === '') return false;
  return ifNoneMatch.split(',').some((one) => {
    const candidate = one.trim();
    return candidate === '*' || candidate.replace(/^W\//, '') === etag;
  });
}

/** What was found for a header before. Browsers send a handful of them; what anybody makes up is not kept for ever. */
const knownCodings = new Map<string, 'brotli' | 'gzip' | undefined>();
const CODINGS_KNOWN_MAX = 64;

function preferredCoding(acceptEncoding: string): 'brotli' | 'gzip' | undefined {
  if (acceptEncoding === '') return undefined;
  if (knownCodings.has(acceptEncoding)) return knownCodings.get(acceptEncoding);
  if (knownCodings.size >= CODINGS_KNOWN_MAX) knownCodings.clear();
  const coding = readCoding(acceptEncoding);
  knownCodings.set(acceptEncoding, coding);
  return coding;
}

/** RFC 9110 section 12.5.3; a weight of 0 is a no. Of two that weigh the same, Brotli, which is smaller. */
function readCoding(acceptEncoding: string): 'brotli' | 'gzip' | undefined {
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', weight = ''] = part.split(';').map((piece) => piece.trim());
    weights.set(name, weight.startsWith('q=') ? Number(weight.slice(2)) : 1);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const [brotli, gzipped] = [weightOf('br'), weightOf('gzip')];
  if (brotli > 0 && brotli >= gzipped) return 'brotli';
  return gzipped > 0 ? 'gzip' : undefined;
}
