/** Loaded into a server by `--import`: on SIGUSR2 it collects all garbage, so that what is left is what is in use. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: object) => void;
/** As V8 does by itself where a process has had little to do for a while: it moves what is left together, too. */
const THOROUGHLY = { type: 'major', execution: 'sync', flavor: 'last-resort' };

process.on('SIGUSR2', () => {
  collect(THOROUGHLY);
  // The second finds what the finalizers of the first let go.
  setImmediate(() => collect(THOROUGHLY));
});
