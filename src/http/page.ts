import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Endpoint, endpoint, type Tag } from './endpoint.js';

/** A small page of the server's own, for what a person does once with a link that they were given. */
interface Page {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly tag: Tag;
  readonly title: string;
  /** HTML, of `main`. */
  readonly main: string;
  readonly script: string;
}

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark; }
label { display: block; margin: 1rem 0; }
input, button { display: block; width: 100%; box-sizing: border-box; min-height: 2.75rem; font: inherit; }
`;

/** Serves a page that loads nothing, runs its own script only, sends no `Referer` and cannot be framed. */
export function pageEndpoint({ title, main, script, ...what }: Page): Endpoint {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${main}
</main>
<script>${script}</script>
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return endpoint({
    ...what,
    method: 'GET',
    access: 'public',
    rate: 'reads',
    parameters: {},
    mediaType: 'text/html; charset=utf-8',
    reply: z.string(),
    errors: [],
    handle: () => ({
      ok: true,
      body,
      headers: { 'content-security-policy': policy, 'cache-control': 'no-cache', 'referrer-policy': 'no-referrer' },
    }),
  });
}

/** As a content security policy names a script or a style that it allows. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
