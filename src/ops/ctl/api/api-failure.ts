import type { Problem } from '../../../protocol/http.js';

/** What a script can tell apart by the exit code; `ctl help` lists them. */
export type FailureCode = 1 | 2 | 3 | 4;

/** The server did not do what it was asked for, or was not reached. The message is for the person at the terminal. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly exitCode: FailureCode;
  readonly problem: Problem | undefined;

  constructor(message: string, exitCode: FailureCode, problem?: Problem) {
    super(message);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

/** Says what is wrong, where, and what to do about it. */
export function refusedBy(problem: Problem, hasKey: boolean): ApiFailure {
  const { code, status, detail, field, conflicts } = problem;
  const at = field === undefined ? '' : `${field}: `;
  const seats = (conflicts ?? []).map(({ seat, reason }) => `${seat}: ${reason}`).join(', ');
  const parts = [`${at}${detail} [${code}]`, seats, adviceOn(problem, hasKey)];
  return new ApiFailure(parts.filter((part) => part !== '').join(' '), exitCodeOf(status), problem);
}

function exitCodeOf(status: number): FailureCode {
  if (status === 401 || status === 403) return 3;
  if (status === 429 || status >= 500) return 4;
  return status === 400 || status === 413 || status === 415 || status === 422 ? 2 : 1;
}

function adviceOn({ status, code }: Problem, hasKey: boolean): string {
  if (code === 'unauthorized' && !hasKey) return 'Set USHER_API_KEY or give --key ("ctl help").';
  if (code === 'unauthorized') return 'Check the key: it may have been withdrawn, or belong to another server.';
  if (code === 'forbidden') return 'The key lacks the permission for this.';
  if (status === 412) return 'Somebody changed it meanwhile. Run the command again to work on the newest version.';
  if (status === 429 || code === 'unavailable') return 'Try again in a moment.';
  return '';
}
