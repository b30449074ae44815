/** The reference of the HTTP API as a page at `/docs`: Swagger UI, served by the node itself, over `/openapi.json`. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { wireError } from '../protocol/errors.js';
import { type Document, etagOf, makeDocument, sendDocument } from './document.js';
import type { Exchange, Headers } from './exchange.js';
import type { Router } from './router.js';

/**
 * Swagger UI sets styles on elements from scripts, which a policy does not count as inline, and has its icons as `data:`
 * images in its sheet. It needs nothing from other hosts.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher: the HTTP API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon.png">
</head>
<body>
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** `validatorUrl`: Swagger UI would otherwise send the address of the document to a validator of its makers. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
});
`;

interface Page {
  readonly path: string;
  readonly type: string;
  /** The text itself, or a file of the package `swagger-ui-dist`. */
  readonly from: { readonly text: string } | { readonly file: string };
}

const PAGES: readonly Page[] = [
  { path: '/docs', type: 'text/html; charset=utf-8', from: { text: PAGE } },
  { path: '/docs/start.js', type: 'text/javascript; charset=utf-8', from: { text: START } },
  {
    path: '/docs/swagger-ui-bundle.js',
    type: 'text/javascript; charset=utf-8',
    from: { file: 'swagger-ui-bundle.js' },
  },
  { path: '/docs/swagger-ui.css', type: 'text/css; charset=utf-8', from: { file: 'swagger-ui.css' } },
  { path: '/docs/favicon.png', type: 'image/png', from: { file: 'favicon-32x32.png' } },
];

interface Loaded {
  readonly headers: Headers & { readonly etag: string };
  readonly document: Document;
}

/**
 * Serves the pages; files are read and compressed at their first request, since most nodes are never asked for them.
 * @param isOn whether an operator wants the pages to be served.
 */
export function serveDocs(router: Router, isOn: () => boolean): void {
  for (const page of PAGES) {
    let loaded: Promise<Loaded> | undefined;
    router.page(page.path, async (exchange: Exchange) => {
      if (!isOn()) {
        exchange.problem(wireError('not_found', 'The pages of the API are switched off on this server.'));
        return;
      }
      loaded ??= load(page);
      // A file that could not be read now may be readable for the next request.
      loaded.catch(() => {
        loaded = undefined;
      });
      const { headers, document } = await loaded;
      sendDocument(exchange, headers, document);
    });
  }
}

async function load({ type, from }: Page): Promise<Loaded> {
  const plain = 'text' in from ? Buffer.from(from.text) : await readFile(join(packageFolder(), from.file));
  const headers = {
    'content-type': type,
    'cache-control': 'no-cache',
    etag: etagOf(plain),
    ...(type.startsWith('text/html') ? { 'content-security-policy': POLICY } : {}),
  };
  return { headers, document: await makeDocument(plain, 'best') };
}

/** The package is no code that the server runs: it is looked up as a folder, where npm put it. */
function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}
