import type { Endpoint } from '../../http/endpoint.js';
import { pageEndpoint } from '../../http/page.js';

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
const MAIN = `<h1>The first administrator</h1>
<form>
<label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
<label>Name <input name="name" autocomplete="name" maxlength="200" required></label>
<label>Password, of 10 characters or more <input name="password" type="password" autocomplete="new-password" minlength="10" maxlength="200" required></label>
<button>Make the account</button>
</form>
<output role="status"></output>`;

/** The page that the link for the first administrator leads to. */
export function setupPageEndpoint(): Endpoint {
  return pageEndpoint({
    id: 'getSetupPage',
    path: '/setup',
    summary: 'The page that the link for the first administrator leads to.',
    tag: 'Administration',
    title: 'Usher: the first administrator',
    main: MAIN,
    script: SCRIPT,
  });
}
