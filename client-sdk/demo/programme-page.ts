/** The first page: what is on, a day at a time. */
import type { ShowtimeView } from '../../src/protocol/http.js';
import { loadCities, loadProgramme } from './api.js';
import { element } from './element.js';
import { failureCard } from './failure-card.js';
import { dayName, duration, longDate, money, ownTime, time } from './formats.js';
import { arrangeProgramme, type ProgrammeDay, type ProgrammeFilm, priceFrom } from './programme.js';

/** The city that was chosen last, for as long as the page is open. */
let chosenCity: string | undefined;

export async function showProgramme(main: HTMLElement, signal: AbortSignal): Promise<void> {
  main.replaceChildren(element('p', { className: 'waiting', role: 'status' }, 'Loading the programme…'));
  const cities = await loadCities();
  // Of one city everything is shown: nobody has to choose.
  const city = cities.ok && cities.value.length > 1 ? cityOf(cities.value) : undefined;
  const loaded = cities.ok ? await loadProgramme(city) : cities;
  if (signal.aborted) return;
  if (!loaded.ok) {
    const retry = () => void showProgramme(main, signal);
    main.replaceChildren(failureCard('The programme could not be loaded', loaded.failure, retry));
    return;
  }
  const { movies, showtimes } = loaded.value;
  const days = arrangeProgramme(movies, showtimes, Date.now());
  // One venue gives the page its name; of several each film says where it is shown.
  const venues = new Map(showtimes.map(({ venue }) => [venue.id, venue]));
  const [venue] = venues.size === 1 ? venues.values() : [];
  const heading = element('h1', { tabIndex: -1 }, venue ? venue.name : 'What is on');
  const list = element('div', { className: 'films' });
  const lead = element('p', { className: 'lead' });
  const tabs = dayButtons(days, (day) => {
    lead.textContent = [venue?.city ?? city, longDate(day.day)].filter(Boolean).join(' · ');
    list.replaceChildren(...day.films.map((film) => filmCard(film, venue === undefined)));
  });
  const choice = cities.ok && city !== undefined && cityChoice(cities.value, city, () => showProgramme(main, signal));
  const title = element('div', {}, heading, lead);
  main.replaceChildren(element('div', { className: 'opening' }, title, choice, tabs), list);
  if (days.length === 0)
    list.append(element('p', { className: 'card' }, 'There are no showtimes ahead. Come back tomorrow.'));
  heading.focus({ preventScroll: true });
}

function cityOf(cities: readonly string[]): string | undefined {
  return cities.find((one) => one === chosenCity) ?? cities[0];
}

function cityChoice(cities: readonly string[], city: string, onChosen: () => void): HTMLElement {
  const options = cities.map((value) => element('option', { value, selected: value === city }, value));
  const select = element('select', {}, ...options);
  select.onchange = () => {
    chosenCity = select.value;
    onChosen();
  };
  return element('label', { className: 'field' }, element('span', {}, 'City'), select);
}

/** A toggle a day; the first is chosen. */
function dayButtons(days: readonly ProgrammeDay[], onDay: (day: ProgrammeDay) => void): HTMLElement {
  const buttons = days.map((day) =>
    element('button', { type: 'button', onclick: () => choose(day) }, dayName(day.day, day.today)),
  );
  const choose = (chosen: ProgrammeDay) => {
    for (const [i, day] of days.entries()) buttons[i]?.setAttribute('aria-pressed', String(day === chosen));
    onDay(chosen);
  };
  if (days[0]) choose(days[0]);
  return element('div', { className: 'days', role: 'group', 'aria-label': 'Day' }, ...buttons);
}

function filmCard({ title, movie, venues }: ProgrammeFilm, isVenueNamed: boolean): HTMLElement {
  const facts = movie && [movie.year, duration(movie.runtimeMinutes), `directed by ${movie.director}`].join(' · ');
  const card = element(
    'article',
    { className: 'film' },
    poster(title),
    element(
      'div',
      { className: 'film-text' },
      element('h2', {}, title),
      facts !== undefined && element('p', { className: 'facts' }, facts),
      movie && element('p', { className: 'genres' }, movie.genres.join(', ')),
      movie && element('p', { className: 'synopsis' }, movie.synopsis),
      ...venues.flatMap(({ name, city, showtimes }) => [
        isVenueNamed && element('h3', { className: 'facts' }, `${name}, ${city}`),
        element(
          'ul',
          { className: 'times', 'aria-label': timesOf(title, isVenueNamed, name) },
          ...showtimes.map(timeChip),
        ),
      ]),
    ),
  );
  return card;
}

const timesOf = (title: string, isVenueNamed: boolean, venue: string) =>
  isVenueNamed ? `Showtimes of ${title} at ${venue}` : `Showtimes of ${title}`;

function timeChip(showtime: ShowtimeView): HTMLElement {
  const from = priceFrom(showtime);
  return element(
    'li',
    {},
    element(
      'a',
      { className: 'time', href: `#/showtimes/${encodeURIComponent(showtime.id)}` },
      element('strong', {}, time(showtime.startsAtLocal)),
      ownTime(showtime) !== undefined && element('span', {}, ownTime(showtime) ?? ''),
      element('span', {}, showtime.hall.name),
      from && element('span', { className: 'from' }, `from ${money(from)}`),
    ),
  );
}

/** An abstract sheet in a colour of the film's own, since there are no pictures to show. */
function poster(title: string): HTMLElement {
  let hash = 7;
  for (const character of title) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  const sheet = element('div', { className: `poster poster-${hash % 4}`, 'aria-hidden': 'true' });
  sheet.style.setProperty('--hue', String((hash * 47) % 360));
  const initials = title
    .split(/\s+/)
    .filter((word) => /^[\p{Lu}\p{N}]/u.test(word))
    .slice(0, 2)
    .map((word) => word.charAt(0));
  sheet.append(element('span', {}, initials.join('')));
  return sheet;
}
