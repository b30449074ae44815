import type { Endpoint } from '../../http/endpoint.js';
import { pageEndpoint } from '../../http/page.js';

/** The token is behind the `#`, which browsers send to no server: it is in no log and in no `Referer`. */
const SCRIPT = `const [purpose, token] = location.hash.slice(1).split('=');
const ways = {
  'sign-up': {
    title: 'Confirm your e-mail address',
    label: 'The password that you chose when you signed up',
    autocomplete: 'current-password',
    button: 'Confirm',
    path: '/v1/accounts/confirm',
    done: 'Done: you have an account. You can log in now.',
  },
  password: {
    title: 'Set your password',
    label: 'A new password, of 10 characters or more',
    autocomplete: 'new-password',
    button: 'Set the password',
    path: '/v1/password-resets/confirm',
    // The mail that says so is in the language of the browser.
    more: { locale: navigator.language },
    done: 'Done: your password is set. You can log in now.',
  },
};
const form = document.querySelector('form');
const told = document.querySelector('output');
const way = Object.hasOwn(ways, purpose) && token ? ways[purpose] : undefined;
if (way) {
  document.title = way.title;
  document.querySelector('h1').textContent = way.title;
  document.querySelector('label span').textContent = way.label;
  form.elements.password.autocomplete = way.autocomplete;
  document.querySelector('button').textContent = way.button;
  form.hidden = false;
} else {
  told.textContent = 'This link is not whole. Copy all of it from the mail.';
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  told.textContent = 'One moment.';
  try {
    const answer = await fetch(way.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, password: form.elements.password.value, ...way.more }),
    });
    told.textContent = answer.ok ? way.done : (await answer.json()).detail;
    form.hidden = answer.ok;
    // Used up: nobody who looks at the history of the browser needs it.
    if (answer.ok) history.replaceState(null, '', location.pathname);
  } catch {
    told.textContent = 'The server did not answer. Try again.';
  }
});
`;
const MAIN = `<h1>Your account</h1>
<form hidden>
<label><span></span> <input name="password" type="password" maxlength="200" required></label>
<button></button>
</form>
<output role="status"></output>`;

/** The page that mailed links lead to, for sites that have none of their own. */
export function accountPageEndpoint(): Endpoint {
  return pageEndpoint({
    id: 'getAccountPage',
    path: '/account',
    summary: 'The page that mailed links lead to: confirms an address, or sets a password.',
    tag: 'Accounts',
    title: 'Your account',
    main: MAIN,
    script: SCRIPT,
  });
}
