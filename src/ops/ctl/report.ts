/** What a command found or did. */
export interface Report {
  /** False: it was not done, and the program ends with 1. */
  readonly ok: boolean;
  /** For programs. */
  readonly json: object;
  /** For people. */
  readonly lines: readonly string[];
}
