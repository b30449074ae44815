import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { rounds } from '../length.js';

/** Of the sale, at most. */
const SECONDS = String(rounds(6, 10));
const run = promisify(execFile);
const rush = (...argv: string[]) =>
  run(process.execPath, ['--enable-source-maps', 'dist/rush.js', ...argv], { timeout: 120_000 });

it('sells a hall to a crowd that races for it, and Postgres confirms every promise', async () => {
  // Ends with a code other than 0, and so rejects, on any violation, on no contention, and on clients left outside.
  const { stdout } = await rush('--clients', '150', '--seats', '200', '--duration', SECONDS, '--processes', '2');
  expect(stdout).toContain('VERDICT  clean');
  expect(stdout).toMatch(/clients connected +150 of 150/);
  expect(stdout).toMatch(/refusals .*[1-9]\d* seats_unavailable/);
  expect(stdout).toMatch(/Looked up there: [1-9]\d* acknowledged bookings, \d+ live holds, 150 maps/);
});

it('fails where nobody ever races: then nothing was tested', async () => {
  const failed = rush('--clients', '1', '--seats', '2000', '--duration', '1');
  await expect(failed).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('no contention') });
});

it('says in a sentence what is wrong with its options', async () => {
  await expect(rush('--clients', 'many')).rejects.toMatchObject({
    code: 1,
    stderr: '--clients is a whole number from 1 to 200000, not "many".\n',
  });
});
