import { readFileSync } from 'node:fs';

export interface DocumentedError {
  readonly status: number;
  readonly retryable: boolean;
  readonly outcome: string;
}

export interface Documented {
  readonly errors: ReadonlyMap<string, DocumentedError>;
  readonly closeCodes: ReadonlySet<number>;
}

/**
 * The tables of errors and close codes as PROTOCOL.md has them: what clients are written from, and not what the server is.
 * @throws Error where they cannot be found there.
 */
export function readDocumented(file = 'client-sdk/PROTOCOL.md'): Documented {
  const text = readFileSync(file, 'utf8');
  const errors = new Map<string, DocumentedError>();
  for (const [, code = '', status, retry, outcome = ''] of text.matchAll(
    /^\| `(\w+)` \| (\d{3}) \| (yes|no) \| (not-applied|unknown) \|/gm,
  )) {
    errors.set(code, { status: Number(status), retryable: retry === 'yes', outcome });
  }
  const closeCodes = new Set<number>();
  for (const [, code] of text.matchAll(/^\| (4\d{3}|1009) \| ?\w* ?\|/gm)) closeCodes.add(Number(code));
  if (errors.size < 30 || closeCodes.size < 10) throw new Error(`${file} has no tables of errors and close codes.`);
  return { errors, closeCodes };
}
