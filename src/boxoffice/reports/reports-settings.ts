import { z } from 'zod';

/** The settings of reports, as `config.ts` spreads them into its own. */
export const reportsSettings = {
  /** A standby of the same database, which reports are read from. Absent: they are read from the primary. */
  DATABASE_REPLICA_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'a URL of Postgres, such as postgres://user@replica/usher' })
    .refine((text) => URL.canParse(text), { error: 'a URL of one server of Postgres' })
    .optional(),
  /** Past it Postgres ends a statement of a report. */
  REPORT_MS_MAX: z.coerce.number().int().min(100).max(600_000).default(20_000),
};
