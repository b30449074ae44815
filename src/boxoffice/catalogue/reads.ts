import type { Pool } from 'pg';

/** Enough of a pool to read with: the pool itself, or a way to it that gives up early. */
export type Reads = Pick<Pool, 'query'>;
