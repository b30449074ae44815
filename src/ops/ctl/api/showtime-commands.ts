import type { z } from 'zod';
import type { addedSchema, recordSchema } from '../../../boxoffice/catalogue/showtime-schemas.js';
import type { showtimeSchema, showtimesSchema } from '../../../protocol/http.js';
import type { Report } from '../report.js';
import type { ApiClient } from './api-client.js';
import type { ApiCommand, Invocation, Option } from './api-command.js';
import { listed } from './listed.js';
import { moneyText, readPrices } from './money-text.js';
import { readTicketTypes } from './ticket-type-text.js';

type Added = z.infer<typeof addedSchema>;
type Settings = z.infer<typeof recordSchema>;
type Showtimes = z.infer<typeof showtimesSchema>;
type Showtime = z.infer<typeof showtimeSchema>;

const PLACED: Readonly<Record<string, Option>> = {
  movie: { value: '<id>', about: 'what is shown', required: true },
  hall: { value: '<id>', about: 'where', required: true },
  price: { value: '<category>=<price>', about: 'such as Stalls=12.50', required: true, several: true },
  currency: { value: '<code>', about: 'ISO 4217, such as EUR', required: true },
  'ticket-type': {
    value: '<type>',
    about:
      'whom seats are sold to, such as "child=Child; Stalls=8.00; max=2; note=under 12"; the first has no prices of its own',
    several: true,
  },
};

export const showtimeCommands: readonly ApiCommand[] = [
  {
    words: 'showtime add',
    about: 'Puts a movie on in a hall once.',
    options: {
      ...PLACED,
      at: { value: '<time>', about: 'by the clocks of the venue, such as 2026-01-31T20:15', required: true },
    },
    run: (invocation) => add(invocation, { startsAtLocal: invocation.value('at') }),
  },
  {
    words: 'showtime series',
    about: 'Puts a movie on in a hall at the same times on many days. All are added, or none.',
    options: {
      ...PLACED,
      from: { value: '<day>', about: 'the first day, such as 2026-01-31', required: true },
      until: { value: '<day>', about: 'the last day', required: true },
      time: { value: '<time>', about: 'by the clocks of the venue, such as 20:15', required: true, several: true },
    },
    run: (invocation) => {
      const { value, values } = invocation;
      return add(invocation, { series: { firstDay: value('from'), lastDay: value('until'), times: values('time') } });
    },
  },
  {
    words: 'showtime price',
    operands: ['showtime'],
    about: 'Changes prices. Whoever watches sees them at once; a hold keeps the price that it was made at.',
    options: { price: { value: '<category>=<price>', about: 'such as Stalls=14.00', required: true, several: true } },
    run: async ({ api, operand, values }) => {
      const settings = await settingsOf(api, operand('showtime'));
      const { currency, prices } = settings.body;
      const after = await change(api, settings, { prices: { ...prices, ...readPrices(values('price'), currency) } });
      const list = Object.entries(after.prices).map(([name, amount]) => `${name} ${moneyText({ amount, currency })}`);
      return { ok: true, json: after, lines: [`Prices of ${after.id} are now: ${list.join(', ')}.`] };
    },
  },
  {
    words: 'showtime close',
    operands: ['showtime'],
    about: 'Ends the sale of a showtime at once. Holds that run may still be booked.',
    run: (invocation) => setSale(invocation, false),
  },
  {
    words: 'showtime open',
    operands: ['showtime'],
    about: 'Opens the sale of a showtime that was closed.',
    run: (invocation) => setSale(invocation, true),
  },
  {
    words: 'showtime cancel',
    operands: ['showtime'],
    about: 'Cancels a showtime for good. Its bookings stay on record.',
    options: { reason: { value: '<text>', about: 'for the record', required: true } },
    run: async ({ api, operand, value }) => {
      const { body, etag } = await settingsOf(api, operand('showtime'));
      const path = `/v1/showtimes/${body.id}/cancel`;
      const request = { method: 'POST', path, body: { reason: value('reason') }, ...matching(etag) } as const;
      const { body: after } = await api.ask<Settings>(request);
      return { ok: true, json: after, lines: [`Cancelled ${after.id}.`] };
    },
  },
  {
    words: 'showtime list',
    about: 'Lists showtimes in the order in which they start.',
    options: {
      movie: { value: '<id>', about: 'only of this movie' },
      date: { value: '<day>', about: "only of this day of the venue's programme" },
    },
    run: async ({ api, value }) => {
      const query = { movie: value('movie'), date: value('date') };
      const showtimes = await api.all<Showtimes, Showtime>('/v1/showtimes', query, (page) => page.showtimes);
      return listed('showtimes', showtimes, {
        STARTS: ({ startsAtLocal }) => startsAtLocal.slice(0, 16).replace('T', ' '),
        ...{ MOVIE: ({ movie }) => movie.title, VENUE: ({ venue }) => venue.name, HALL: ({ hall }) => hall.name },
        ...{ FREE: ({ availability }) => availability?.available, SEATS: ({ seatMap }) => seatMap.seats },
        ID: ({ id }) => id,
      });
    },
  },
];

async function add({ api, value, values }: Invocation, when: object): Promise<Report> {
  const currency = value('currency') ?? '';
  const types = values('ticket-type');
  const body = {
    ...{ movieId: value('movie'), hallId: value('hall'), currency },
    prices: readPrices(values('price'), currency),
    ...(types.length > 0 ? { ticketTypes: readTicketTypes(types, currency) } : {}),
    ...when,
  };
  const { body: added } = await api.ask<Added>({ method: 'POST', path: '/v1/showtimes', body });
  const remark = {
    skipped: ' (the clocks skip the time that was asked for)',
    twice: ' (the clocks show it twice; this is the first)',
  };
  return {
    ok: true,
    json: added,
    lines: added.showtimes.map(
      ({ id, startsAtLocal, adjusted }) => `${startsAtLocal}  ${id}${adjusted === undefined ? '' : remark[adjusted]}`,
    ),
  };
}

async function setSale({ api, operand }: Invocation, salesOpen: boolean): Promise<Report> {
  const after = await change(api, await settingsOf(api, operand('showtime')), { salesOpen });
  return { ok: true, json: after, lines: [`The sale of ${after.id} is ${salesOpen ? 'open' : 'closed'}.`] };
}

type Read = Awaited<ReturnType<typeof settingsOf>>;

function settingsOf(api: ApiClient, id: string) {
  return api.get<Settings>(`/v1/showtimes/${encodeURIComponent(id)}/settings`);
}

/** Changes the version that was read: where somebody changed it meanwhile, the server refuses. */
async function change(api: ApiClient, { body, etag }: Read, changed: object): Promise<Settings> {
  const path = `/v1/showtimes/${body.id}`;
  return (await api.ask<Settings>({ method: 'PATCH', path, body: changed, ...matching(etag) })).body;
}

function matching(etag: string | undefined): { readonly ifMatch?: string } {
  return etag === undefined ? {} : { ifMatch: etag };
}
