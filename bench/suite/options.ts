import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Empty: all. */
  readonly names: readonly string[];
  /** Where the figures go for machines. */
  readonly json: string | undefined;
  /** A document whose results are to be replaced by those of this run. */
  readonly results: string | undefined;
  /** Where profiles of our nodes go; taking them costs some speed. */
  readonly profiles: string | undefined;
}

/**
 * @returns 'help' where that was asked for.
 * @throws Error with a sentence for people where an option or a name is unknown.
 */
export function readOptions(argv: readonly string[], known: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'string' },
      results: { type: 'string' },
      profiles: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return 'help';
  for (const name of positionals) {
    if (!known.includes(name)) throw new Error(`There is no benchmark "${name}". There are: ${known.join(', ')}.`);
  }
  return { names: positionals, json: values.json, results: values.results, profiles: values.profiles };
}
