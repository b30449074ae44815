/**
 * How often a model test runs, and how it is run once more. `RUNS_FACTOR=20` runs twenty times as many sequences. What
 * fails prints `{ seed: 42, path: "7:1:2", … }` and, after its commands, `replayPath="AB:C"`; the same again is
 *
 *   FC_SEED=42 FC_PATH=7:1:2 FC_REPLAY=AB:C npx vitest run --project fast <the file> -t '<the title>'
 *
 * With `FC_SEED` alone the whole of that run is repeated.
 */
const { RUNS_FACTOR = '1', FC_SEED, FC_PATH, FC_REPLAY } = process.env;

const factor = Number(RUNS_FACTOR);
if (!(factor > 0)) throw new Error(`RUNS_FACTOR is a number above 0, not ${RUNS_FACTOR}.`);

/** For `fc.assert`. */
export function runs(numRuns: number): { readonly numRuns: number; readonly seed?: number; readonly path?: string } {
  return {
    numRuns: Math.max(1, Math.round(numRuns * factor)),
    ...(FC_SEED === undefined ? {} : { seed: Number(FC_SEED) }),
    ...(FC_PATH === undefined ? {} : { path: FC_PATH }),
  };
}

/** For `fc.commands`. */
export const REPLAY = FC_REPLAY === undefined ? {} : { replayPath: FC_REPLAY };

/** How long a test of so many runs may take, in milliseconds. */
export const PATIENCE_MS = 120_000 * Math.max(1, factor);

/** False where one case is looked at again: then the rare ones need not come. */
export const IS_WHOLE = FC_PATH === undefined && factor >= 1;
