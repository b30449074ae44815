import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { etagOf, makeDocument } from './document.js';
import type { Router } from './router.js';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Scripts and sheets of our own only. What a script sets on an element, or adopts as a sheet, is no inline style. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/**
 * The files of the demo app: `index.html` at `/`, the others under `/assets/`. Read and compressed once, at the start.
 * @throws Error where the folder is not there: the client was not built.
 */
export async function serveFiles(router: Router, directory: string): Promise<void> {
  const names = await readdir(directory).catch((cause) => {
    throw new Error(`The demo app is not built: ${directory} is missing. Run npm run build.`, { cause });
  });
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (!type) continue;
    const plain = await readFile(join(directory, name));
    const headers = {
      'content-type': type,
      // Asked for again each time, answered by 304: a new version must never meet an old part of itself.
      'cache-control': 'no-cache',
      etag: etagOf(plain),
      ...(name.endsWith('.html') ? { 'content-security-policy': POLICY } : {}),
    };
    router.file(name === 'index.html' ? '/' : `/assets/${name}`, headers, await makeDocument(plain, 'best'));
  }
}
