import { wholeNumber } from '../../option-values.js';
import type { ApiCommand } from './api-command.js';
import { listed } from './listed.js';

interface Venue {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  readonly timeZone: string;
}
interface Venues {
  readonly venues: readonly Venue[];
  readonly next?: string;
}

export const venueCommands: readonly ApiCommand[] = [
  {
    words: 'venue add',
    operands: ['id'],
    about: 'Adds a venue.',
    options: {
      name: { value: '<name>', about: 'as people know it', required: true },
      city: { value: '<city>', about: 'where it is', required: true },
      'time-zone': { value: '<zone>', about: 'IANA, area and city, such as Europe/Berlin', required: true },
      address: { value: '<address>', about: 'street and number' },
      'day-cutoff': { value: '<hour>', about: 'what begins before this hour belongs to the evening before (6)' },
    },
    notes: ['The id has small letters, digits and hyphens: addresses and other commands name the venue by it.'],
    run: async ({ api, operand, value }) => {
      const [address, cutoff] = [value('address'), value('day-cutoff')];
      const body = {
        ...{ id: operand('id'), name: value('name'), city: value('city'), timeZone: value('time-zone') },
        ...(address === undefined ? {} : { address }),
        ...(cutoff === undefined ? {} : { dayCutoffHour: wholeNumber('--day-cutoff', cutoff, 6, 0, 12) }),
      };
      const { body: venue } = await api.ask<Venue>({ method: 'POST', path: '/v1/venues', body });
      const next = `Import a hall: ctl hall import <file> --venue ${venue.id} --name "Screen 1" --dry-run`;
      return { ok: true, json: venue, lines: [`Added the venue ${venue.id}.`, next] };
    },
  },
  {
    words: 'venue list',
    about: 'Lists venues.',
    options: { city: { value: '<city>', about: 'only those of this city' } },
    run: async ({ api, value }) => {
      const venues = await api.all<Venues, Venue>('/v1/venues', { city: value('city') }, (page) => page.venues);
      return listed('venues', venues, {
        ...{ ID: ({ id }) => id, NAME: ({ name }) => name },
        ...{ CITY: ({ city }) => city, 'TIME ZONE': ({ timeZone }) => timeZone },
      });
    },
  },
];
