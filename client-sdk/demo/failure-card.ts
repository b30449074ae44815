import type { Failure } from './api.js';
import { element } from './element.js';

/** What went wrong, and the way on: trying again, or back to the programme. */
export function failureCard(title: string, failure: Failure, onRetry: () => void): HTMLElement {
  return element(
    'section',
    { className: 'card failure', role: 'alert' },
    element('h1', { tabIndex: -1 }, title),
    element('p', {}, failure.text),
    failure.retryable
      ? element('button', { className: 'primary', type: 'button', onclick: onRetry }, 'Try again')
      : element('a', { className: 'button', href: '#/' }, 'To the programme'),
  );
}
