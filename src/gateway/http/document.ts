import type { Exchange, Headers } from './exchange.js';

/** A file that is compressed once and sent often. */
export interface Document {
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

/** Sends a document in the form that the client takes, or 304 where it has it. `headers` carry at least its `etag`. */
export function sendDocument(
  exchange: Exchange,
  headers: Headers & { readonly etag: string },
  document: Document,
): void {
  const all = { ...headers, vary: 'Accept-Encoding, Origin' };
  if (has(exchange.header('if-none-match'), headers.etag)) exchange.send(304, all);
  else if (takesGzip(exchange.header('accept-encoding'))) {
    exchange.send(200, { ...all, 'content-encoding': 'gzip' }, document.gzip);
  } else exchange.send(200, all, document.plain);
}

/** RFC 9110 section 13.1.2: a list, compared weakly, since proxies that compress weaken what they pass on. */
function has(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((one) => {
    const candidate = one.trim();
    return candidate === '*' || candidate.replace(/^W\//, '') === etag;
  });
}

/** RFC 9110 section 12.5.3; a weight of 0 is a no. */
function takesGzip(acceptEncoding: string): boolean {
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', weight = ''] = part.split(';').map((piece) => piece.trim());
    weights.set(name, weight.startsWith('q=') ? Number(weight.slice(2)) : 1);
  }
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
