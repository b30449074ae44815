import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { freePort } from '../../../src/adapters/free-port.js';
import { addMovie } from '../../../src/boxoffice/catalogue/movies.js';
import { addSeatMap } from '../../../src/boxoffice/catalogue/seat-maps.js';
import { addShowtime, type RuleOverrides } from '../../../src/boxoffice/catalogue/showtimes.js';
import { addHall, addVenue } from '../../../src/boxoffice/catalogue/venues.js';
import { readConfig } from '../../../src/config.js';
import type { SeatMapData } from '../../../src/core/seat-map.js';
import { type RunningNode, startNode } from '../../../src/node.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase } from '../database.js';
import { hall } from './hall.js';
import { SECRET } from './sign.js';

/** One node over a database of its own, with a hall and a showtime in it. */
export interface Stage {
  readonly node: RunningNode;
  readonly port: number;
  readonly pool: pg.Pool;
  readonly hash: string;
  readonly showtimeId: string;
  /** Of the live socket of a showtime, by default the first. */
  liveUrl(showtimeId?: string): string;
  /** Under `/v1/showtimes/{showtimeId}` of this node. */
  httpUrl(path?: string, showtimeId?: string): string;
  addShowtime(rules?: RuleOverrides): Promise<string>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly map?: SeatMapData;
  /** What the node connects to in place of its database: a proxy before it. */
  readonly through?: (databaseUrl: string) => Promise<string>;
}

const MOVIE = { id: 'm', title: 'M', year: 2001, runtimeMinutes: 1, director: 'D', genres: [], synopsis: '' };

/** `environment` adds to that of the node; see src/config.ts. */
export async function openStage(environment: Record<string, string> = {}, options: StageOptions = {}): Promise<Stage> {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  const hash = await addSeatMap(pool, options.map ?? hall(4, 20));
  await addMovie(pool, MOVIE);
  await addVenue(pool, { id: 'v', name: 'V', city: 'C', timeZone: 'Etc/UTC' });
  await addHall(pool, { id: 'h', venueId: 'v', name: 'H', seatMapHash: hash });
  const add = async (rules: RuleOverrides = {}) => {
    const id = randomUUID();
    const startsAt = new Date(Date.now() + 3_600_000);
    const prices = { Front: 1_200, Back: 900 };
    await addShowtime(pool, { id, movieId: 'm', hallId: 'h', startsAt, currency: 'EUR', prices, rules });
    return id;
  };
  const showtimeId = await add();
  const port = await freePort();
  const config = readConfig({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: (await options.through?.(database.url)) ?? database.url,
    DATABASE_CONNECTIONS: '4',
    TOKEN_SECRET: SECRET,
    DEMO: 'false',
    ...environment,
  });
  const node = await startNode(config, { sql: 'sql', demo: '' }, silentLog);
  return {
    node,
    port,
    pool,
    hash,
    showtimeId,
    liveUrl: (id = showtimeId) => `ws://127.0.0.1:${port}/v1/showtimes/${id}/live`,
    httpUrl: (path = '', id = showtimeId) => `http://127.0.0.1:${port}/v1/showtimes/${id}${path}`,
    addShowtime: add,
    close: async () => {
      await node.stop();
      await pool.end();
      await database.drop();
    },
  };
}
