import type { Endpoint } from '../../http/endpoint.js';
import { pageEndpoint } from '../../http/page.js';

/** The id of the payment is behind the `#`, which browsers send to no server. */
const SCRIPT = `const ref = location.hash.slice(1);
const form = document.querySelector('form');
const told = document.querySelector('output');
const back = document.querySelector('a');
const at = '/v1/test-payments/' + encodeURIComponent(ref);
const show = async (answer) => {
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  document.querySelector('strong').textContent = body.reference + ': ' + body.amount.amount + ' minor units of ' + body.amount.currency;
  form.hidden = body.state !== 'requires_action';
  told.textContent = form.hidden ? 'This payment is ' + body.state.replace('_', ' ') + '.' : '';
  if (/^https?:/.test(body.returnUrl)) back.href = body.returnUrl;
  back.hidden = !form.hidden || !back.href;
};
const run = (call) => call().then(show).catch((error) => { told.textContent = error.message || 'The server did not answer. Try again.'; });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const body = JSON.stringify({ outcome: event.submitter.value });
  run(() => fetch(at + '/answer', { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
});
run(() => fetch(at));
`;
const MAIN = `<h1>Test payment</h1>
<p>No money moves here. <strong></strong></p>
<form hidden>
<button value="confirmed">Confirm the payment</button>
<button value="refused">Refuse it</button>
</form>
<output role="status"></output>
<p><a hidden>Back to your order</a></p>`;

/** Where a buyer confirms or refuses a test payment that needs a further step. */
export function testPaymentPageEndpoint(): Endpoint {
  return pageEndpoint({
    id: 'getTestPaymentPage',
    path: '/test-payment',
    summary: 'The page on which a buyer confirms or refuses a test payment.',
    tag: 'Payments',
    title: 'Usher: test payment',
    main: MAIN,
    script: SCRIPT,
  });
}
