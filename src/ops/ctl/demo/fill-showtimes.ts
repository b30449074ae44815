import { randomUUID } from 'node:crypto';
import { dayOf } from '../../../boxoffice/catalogue/venue-time.js';
import type { ApiClient } from '../api/api-client.js';
import { ApiFailure } from '../api/api-failure.js';
import { type PlannedSeries, seriesOf } from './chain-programme.js';
import type { ChainHall, ChainVenue } from './chain-venues.js';
import { eveningOf, halvesOf, missingOf, placeOf } from './missing-series.js';

export interface ShowtimesTally {
  added: number;
  kept: number;
  /** Something else is in the hall then, or the hall was rebuilt with other categories. */
  refused: number;
  /** Why the first of them was. */
  refusal: string | undefined;
}

interface Added {
  readonly showtimes: readonly { readonly id: string; readonly startsAt: string }[];
}
interface Page {
  readonly showtimes: readonly {
    readonly id: string;
    readonly startsAt: string;
    readonly hall: { readonly id: string };
  }[];
  readonly next?: string;
}

/** The hour at which the days of a venue begin where nobody set another one. */
const DAY_CUTOFF_HOUR = 6;
const DAY_MS = 86_400_000;

/** Ids of showtimes by their places. */
export type KnownShowtimes = Map<string, string>;

/** All showtimes of the server from now on for so many days. @throws ApiFailure */
export async function knownShowtimes(api: ApiClient, now: number, days: number): Promise<KnownShowtimes> {
  const at = (instant: number) => new Date(instant).toISOString();
  const query = { from: at(now), until: at(now + (days + 1) * DAY_MS) };
  const listed = await api.all<Page, Page['showtimes'][number]>('/v1/showtimes', query, (page) => page.showtimes);
  return new Map(listed.map(({ id, hall, startsAt }) => [placeOf(hall.id, Date.parse(startsAt)), id]));
}

/**
 * Adds what a hall of the chain lacks of its programme, from today on for so many days. What is added joins `known`.
 * @throws ApiFailure
 */
export async function addShowtimes(
  { api, now }: { readonly api: ApiClient; readonly now: number },
  { timeZone, currency }: ChainVenue,
  hall: ChainHall,
  days: number,
  known: KnownShowtimes,
  tally: ShowtimesTally,
): Promise<void> {
  for (const planned of seriesOf(hall, todayAt(timeZone, now), days)) {
    const { missing, kept } = missingOf(planned, timeZone, now, known);
    tally.kept += kept;
    for (const part of missing) await add(part);
  }

  async function add(part: PlannedSeries): Promise<void> {
    const { firstDay, lastDay, times, movieId, hallId } = part;
    const body = { movieId, hallId, currency, prices: hall.prices, series: { firstDay, lastDay, times } };
    const request = { method: 'POST', path: '/v1/showtimes', body, idempotencyKey: randomUUID() } as const;
    try {
      const { showtimes } = (await api.ask<Added>(request)).body;
      for (const { id, startsAt } of showtimes) known.set(placeOf(hallId, Date.parse(startsAt)), id);
      tally.added += showtimes.length;
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.exitCode > 2) throw error;
      // One showtime that is refused refuses its whole series: the others are tried without it.
      const halves = halvesOf(part);
      for (const half of halves) await add(half);
      if (halves.length > 0) return;
      tally.refused++;
      tally.refusal ??= error.message;
    }
  }
}

/** Two showtimes of each venue, tomorrow evening: those that everybody wants to see. */
export function popularEvenings(venues: readonly ChainVenue[], now: number, known: KnownShowtimes): string[] {
  return venues.flatMap(({ timeZone, halls }) => {
    const tomorrow = new Date(Date.parse(todayAt(timeZone, now)) + DAY_MS).toISOString().slice(0, 10);
    const [, second] = halls;
    return [second, halls.at(-1)].flatMap((hall) => {
      if (!hall) return [];
      const evenings = seriesOf(hall, tomorrow, 1).map((series) => eveningOf(series, tomorrow, timeZone));
      const id = evenings.map((at) => at && known.get(placeOf(hall.id, at))).find((one) => one !== undefined);
      return id ? [id] : [];
    });
  });
}

function todayAt(timeZone: string, now: number): string {
  return dayOf(now, { timeZone, dayCutoffHour: DAY_CUTOFF_HOUR });
}
