import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';

/** The token is behind the `#`, which browsers send to no server: it is in no log and in no `Referer`. */
const SCRIPT = `const form = document.querySelector('form');
const told = document.querySelector('output');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, name, password } = Object.fromEntries(new FormData(form));
  const token = location.hash.slice(1);
  told.textContent = 'One moment.';
  try {
    const answer = await fetch('/v1/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, email, name, password }),
    });
    const body = await answer.json();
    told.textContent = answer.ok ? 'Done: ' + body.email + ' is the administrator. Log in, and set up your second factor.' : body.detail;
    form.hidden = answer.ok;
  } catch {
    told.textContent = 'The server did not answer. Try again.';
  }
});
`;
const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark; }
label { display: block; margin: 1rem 0; }
input, button { display: block; width: 100%; box-sizing: border-box; min-height: 2.75rem; font: inherit; }
`;
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher: the first administrator</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>The first administrator</h1>
<form>
<label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
<label>Name <input name="name" autocomplete="name" maxlength="200" required></label>
<label>Password, of 10 characters or more <input name="password" type="password" autocomplete="new-password" minlength="10" maxlength="200" required></label>
<button>Make the account</button>
</form>
<output role="status"></output>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
const POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(SCRIPT)}'`,
  `style-src '${hashOf(STYLE)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page that the link for the first administrator leads to. */
export function setupPageEndpoint(): Endpoint {
  return endpoint({
    id: 'getSetupPage',
    method: 'GET',
    path: '/setup',
    summary: 'The page that the link for the first administrator leads to.',
    tag: 'Administration',
    access: 'public',
    rate: 'reads',
    parameters: {},
    mediaType: 'text/html; charset=utf-8',
    reply: z.string(),
    errors: [],
    handle: () => ({
      ok: true,
      body: PAGE,
      headers: { 'content-security-policy': POLICY, 'cache-control': 'no-cache', 'referrer-policy': 'no-referrer' },
    }),
  });
}

/** As a content security policy names a script or a style that it allows. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
