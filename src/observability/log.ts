import { type DestinationStream, type Logger, pino } from 'pino';
import { scrub } from './scrub.js';

/** JSON lines, or nothing at level `silent`. Secrets are taken out: see scrub.ts. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // An error is no plain object before it is serialized, so it is scrubbed after.
      serializers: { err: (error: unknown) => scrub(pino.stdSerializers.err(error as Error)) },
      formatters: { log: (fields) => scrub(fields) as Record<string, unknown> },
    },
    ...(destination ? [destination] : []),
  );
}
