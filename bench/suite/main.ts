/** `npm run bench`: asks every question, or those named, and prints what was found. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Benchmark } from './benchmark.js';
import { leaveServerCore } from './cores.js';
import { isMet } from './finding.js';
import { thisMachine } from './machine.js';
import { readOptions } from './options.js';
import type { Outcome } from './outcome.js';
import { QUESTIONS } from './questions.js';
import { describe } from './report.js';
import { withResults } from './results-page.js';
import { Stage } from './stage.js';

const HELP = `Usage: npm run bench [-- [--json FILE] [--results FILE] [--profiles FOLDER] NAME…]

--json writes the figures for machines; --results puts the table into a document that has a place for it; --profiles takes a V8 profile of each node, which costs it some speed.
Each figure is a ratio of two that were measured in the same run: ours, and a ceiling or a peer.

${QUESTIONS.map(({ name, question }) => `  ${name.padEnd(16)}  ${question}`).join('\n')}
`;

process.exitCode = await bench(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});

/** @returns the exit code: 0 where everything could be measured, whether goals were met or not. */
async function bench(argv: readonly string[]): Promise<number> {
  const known = QUESTIONS.map(({ name }) => name);
  const options = readOptions(argv, known);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const asked = QUESTIONS.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  const outcomes: Outcome[] = [];
  for (const benchmark of asked) outcomes.push(await ask(benchmark, options.profiles));
  process.stdout.write(`\n${describe(outcomes)}\n`);
  if (options.json !== undefined) await writeFile(options.json, forMachines(outcomes));
  if (options.results !== undefined) {
    const document = await readFile(options.results, 'utf8');
    await writeFile(options.results, withResults(document, outcomes, new Date(), thisMachine()));
  }
  return outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

async function ask(benchmark: Benchmark, profiles: string | undefined): Promise<Outcome> {
  const { name, question } = benchmark;
  console.error(`${name}: ${question}`);
  const stage = new Stage((what) => console.error(`  ${what}`), profiles);
  // An interrupted benchmark must not leave servers behind.
  const interrupted = () => void stage.clear().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  leaveServerCore();
  const since = performance.now();
  const seconds = () => (performance.now() - since) / 1_000;
  try {
    const findings = await benchmark.run(stage);
    return { name, findings, seconds: seconds() };
  } catch (error) {
    console.error(error);
    const failure = error instanceof Error ? error.message : String(error);
    return { name, findings: [], seconds: seconds(), failure };
  } finally {
    await stage.clear();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

function forMachines(outcomes: readonly Outcome[]): string {
  const benchmarks = outcomes.map(({ findings, ...rest }) => ({
    ...rest,
    findings: findings.map((finding) => ({ ...finding, met: isMet(finding) })),
  }));
  return `${JSON.stringify({ at: new Date().toISOString(), machine: thisMachine(), benchmarks }, undefined, 2)}\n`;
}
