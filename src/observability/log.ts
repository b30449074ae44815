import { type DestinationStream, type Logger, pino } from 'pino';

/** JSON lines, or nothing at level `silent`. What could be a secret is taken out by name, wherever it may stand. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const secrets = ['token', 'session', 'password', 'authorization', 'connectionString', 'databaseUrl', 'tokenSecret'];
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '…' },
    },
    ...(destination ? [destination] : []),
  );
}
