#!/bin/sh
# One expects: otplib's `verifySync({ …, afterTimeStep })`, which refuses a code that was used, answers `{ valid: false }` whenever
#   no code can be right any more. The option takes the step of the last code that was taken.
# What happens: as soon as the remembered step lies beyond the present step and its tolerance, it throws
#   AfterTimeStepRangeExceededError, for a right code and for a wrong one alike.
# Since: `afterTimeStep` is new in otplib 13 (2026). Seen in 13.5.0 (2026-08-21) on Node 20.20.2, on 2026-11-29.
# Whom it hurts: log-ins at two servers whose clocks differ by more than the tolerance, or at one whose clock was set back: the
#   person who has just logged in at the server that is ahead gets an internal error at the other, instead of "wait for the next
#   code".
# Right: compare the remembered step with the present one first, and answer "not valid" without asking the library.
# Source: this run; https://otplib.yeojz.dev for the option.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund otplib@13.5.0 >/dev/null
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { generateSync, verifySync } from 'otplib';
console.log('otplib', JSON.parse(readFileSync('node_modules/otplib/package.json', 'utf8')).version);
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const epoch = 1_900_000_000;
const step = Math.floor(epoch / 30);
const token = generateSync({ secret, epoch });
const seen = [-1, 0, 1, 2, 10].map((ahead) => {
  try {
    const { valid } = verifySync({ secret, token, epoch, epochTolerance: 30, afterTimeStep: step + ahead });
    return [ahead, valid ? 'valid' : 'not valid'];
  } catch (error) {
    return [ahead, error.name];
  }
});
for (const [ahead, what] of seen) console.log(`the last code was taken at step ${ahead >= 0 ? '+' : ''}${ahead}: ${what}`);
const recorded = ['valid', 'not valid', 'not valid', 'AfterTimeStepRangeExceededError', 'AfterTimeStepRangeExceededError'];
const asRecorded = seen.map(([, what]) => what).join() === recorded.join();
console.log(asRecorded ? 'as recorded' : 'CHANGED');
process.exit(asRecorded ? 0 : 1);
JS
node run.mjs
