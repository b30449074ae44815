/** What the generated types do not let through: each line would compile if the document said less than it does. */
import createClient from 'openapi-fetch';
import type { paths } from './api.js';

const server = createClient<paths>({ baseUrl: 'http://localhost:8080' });
const showtimeId = '0191d0c4-7e70-7c3e-8a62-3f1f6a1a2b3c';

export async function mistakes(): Promise<unknown[]> {
  const { error } = await server.GET('/v1/showtimes/{showtimeId}', { params: { path: { showtimeId } } });
  return [
    // @ts-expect-error there is no such endpoint
    await server.GET('/v1/shows'),
    // @ts-expect-error the showtime is missing
    await server.GET('/v1/showtimes/{showtimeId}/seats', {}),
    await server.POST('/v1/showtimes/{showtimeId}/holds', {
      // @ts-expect-error the key of the intention is missing
      params: { path: { showtimeId } },
      body: { seats: ['A-1'] },
    }),
    // @ts-expect-error no query has this name
    await server.GET('/v1/showtimes', { params: { query: { film: 'metropolis' } } }),
    // @ts-expect-error no error has this code
    error?.code === 'no_such_code',
  ];
}
