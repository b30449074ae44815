import pg from 'pg';

/** What a server says of itself. */
export interface Standing {
  readonly isReadOnly: boolean;
  /** Rises with every promotion, by which a former primary is told from the present one; 0 where it is not told. */
  readonly timeline: number;
}

const READ_ONLY = `pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`;
/** The first eight digits of the file that is written to now, in base 16; in recovery there is none. */
const TIMELINE = `CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END`;
/** Feature not supported, not in this state, not allowed, not there: services that keep their log to themselves. */
const NOT_TOLD = /^(0A000|55000|42501|42883)$/;

export interface Question {
  /** What else is asked, as columns of a SELECT; a constant of ours. */
  readonly columns?: string;
  readonly values?: unknown[];
  readonly answerMsMax: number;
}

/** Asks a server for its standing, and in the same trip for whatever else. */
export async function askStanding<Row extends object>(
  client: pg.ClientBase,
  { columns, values = [], answerMsMax }: Question,
): Promise<Standing & Row> {
  const ask = async (timeline: string) => {
    const text = `SELECT ${READ_ONLY} AS "isReadOnly", ${timeline} AS digits ${columns === undefined ? '' : `, ${columns}`}`;
    const question = { text, values, query_timeout: answerMsMax };
    const { rows } = await client.query<Row & { isReadOnly: boolean; digits: string | null }>(question);
    const [row] = rows;
    if (!row) throw new Error('The server did not say what it is.');
    return { ...row, timeline: Number.parseInt(row.digits ?? '0', 16) };
  };
  try {
    return await ask(TIMELINE);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && NOT_TOLD.test(error.code ?? ''))) throw error;
    return await ask('NULL');
  }
}
