import { CHAIN_VENUES } from '../demo/chain-venues.js';
import { type ChainFilled, fillChain, type Tally } from '../demo/fill-chain.js';
import type { Report } from '../report.js';
import type { ApiCommand, Invocation } from './api-command.js';

const DAYS = 14;

export const demoCommands: readonly ApiCommand[] = [
  {
    words: 'demo',
    about: 'Fills a chain: 12 venues in 5 cities, 60 halls, 40 movies and two weeks of showtimes.',
    options: { chain: { about: 'the whole chain; there is nothing smaller yet', required: true } },
    notes: [
      'What is there already is kept, so it can be run again, on another day too: that adds the days which are missing.',
      'Some showtimes of tomorrow are nearly sold out. Guests book the seats, with the test payment; where the server takes',
      'no test payments, the key blocks them, and needs the permission seats.staff. The key needs catalogue.edit, halls.edit',
      'and showtimes.edit in any case.',
    ],
    run: fill,
  },
];

async function fill({ api, progress }: Invocation): Promise<Report> {
  const startedAt = performance.now();
  progress(`Filling ${api.address.url}. This takes up to a minute.`);
  const filled = await fillChain(CHAIN_VENUES, DAYS, { api, progress, now: Date.now() });
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  return { ok: true, json: { ...filled, seconds }, lines: summary(filled, seconds, api.address.url) };
}

function summary({ venues, movies, halls, showtimes, nearlySoldOut }: ChainFilled, seconds: number, url: string) {
  const { seats, bookings, blocked } = nearlySoldOut;
  const sold = [
    ...(bookings > 0 ? [`${seats - blocked} seats sold in ${bookings} bookings`] : []),
    ...(blocked > 0 ? [`${blocked} seats blocked, because the server takes no test payments`] : []),
  ];
  return [
    `The chain has ${total(venues)} venues, ${total(halls)} halls, ${total(movies)} movies and ${total(showtimes)} showtimes.`,
    addedIn({ venues, halls, movies, showtimes }),
    ...(showtimes.refused > 0
      ? [`${showtimes.refused} showtimes were left out. The first of them: ${showtimes.refusal}`]
      : []),
    `${nearlySoldOut.showtimes} showtimes of tomorrow are nearly sold out${sold.length > 0 ? `: ${sold.join('; ')}` : ''}.`,
    `This took ${seconds} s. Look at ${url}/.`,
  ];
}

function addedIn(tallies: Readonly<Record<string, Tally>>): string {
  const added = Object.entries(tallies).filter(([, { added: count }]) => count > 0);
  if (added.length === 0) return 'All of it was there: nothing was added.';
  const kept = Object.values(tallies).some(({ kept: count }) => count > 0);
  const list = added.map(([name, { added: count }]) => `${count} ${name}`).join(', ');
  return `Added: ${list}.${kept ? ' The others were there, and stay as they were.' : ''}`;
}

function total({ added, kept }: Tally): number {
  return added + kept;
}
