/** The demo app: a programme and a seat page, chosen by the part of the address after `#`. */
import '../src/picker/define.js';
import { element } from './element.js';
import { showProgramme } from './programme-page.js';
import { showSeats } from './seat-page.js';

const main = find('#main');
const side = find('#masthead-side');
let page = new AbortController();

function route(): void {
  const { hash } = location;
  // The skip link's target is part of the page that is shown, not a page of its own.
  if (hash === '#main') return;
  page.abort();
  page = new AbortController();
  side.replaceChildren();
  const showtimeId = /^#\/showtimes\/([^/]+)$/.exec(hash)?.[1];
  document.title = 'Usher';
  if (showtimeId !== undefined) void showSeats(main, side, decodeURIComponent(showtimeId), page.signal);
  else if (hash === '' || hash === '#/') void showProgramme(main, page.signal);
  else main.replaceChildren(unknownPage());
}

function unknownPage(): HTMLElement {
  return element(
    'section',
    { className: 'card failure' },
    element('h1', {}, 'There is nothing here'),
    element('a', { className: 'button', href: '#/' }, 'To the programme'),
  );
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`index.html lacks ${selector}.`);
  return found;
}

addEventListener('hashchange', route);
route();
