/** `npm run ctl`: looks into a running cluster, and moves its showtimes. Touches `process`, so that nothing else here does. */
import { runCtl } from './ctl/run-ctl.js';

process.exitCode = await runCtl(process.argv.slice(2), {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
