import { parseArgs } from 'node:util';
import { Misuse } from '../../misuse.js';
import { parsed } from '../../option-values.js';
import type { ApiAddress } from './api-client.js';
import type { ApiCommand, Invocation } from './api-command.js';

export interface Read {
  readonly command: ApiCommand;
  readonly words: Omit<Invocation, 'api' | 'progress'>;
  readonly address: ApiAddress;
  readonly json: boolean;
  readonly help: boolean;
}

const USUAL_URL = 'http://localhost:8080';
/** Options that every command takes. */
const COMMON = {
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** The command that the first words name, where it is one over HTTP. */
export function commandOf(argv: readonly string[], commands: readonly ApiCommand[]): ApiCommand | undefined {
  return commands.find(({ words }) => argv.slice(0, words.split(' ').length).join(' ') === words);
}

/** @throws Misuse */
export function readInvocation(
  argv: readonly string[],
  command: ApiCommand,
  environment: Readonly<Record<string, string | undefined>>,
): Read {
  const own = Object.entries(command.options ?? {}).map(([name, { value, several = false }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', multiple: several } as const,
  ]);
  const options = { ...Object.fromEntries(own), ...COMMON };
  const args = argv.slice(command.words.split(' ').length);
  const { values, positionals } = parsed(() => parseArgs({ args, options, allowPositionals: true }));
  const given = values as Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  const help = given['help'] === true;
  if (!help) expectAll(command, given, positionals);
  const { operands = [] } = command;
  const value = (name: string) => {
    const it = given[name];
    return typeof it === 'string' ? it : undefined;
  };
  return {
    command,
    help,
    json: given['json'] === true,
    address: {
      url: addressOf(value('url') ?? environment['USHER_URL'] ?? ''),
      key: keyOf(value('key') ?? environment['USHER_API_KEY']),
    },
    words: {
      operand: (name) => positionals[operands.indexOf(name)] ?? '',
      value,
      values: (name) => {
        const it = given[name];
        return Array.isArray(it) ? it : [];
      },
      flag: (name) => given[name] === true,
    },
  };
}

function expectAll(
  { words, operands = [], options = {} }: ApiCommand,
  given: Readonly<Record<string, unknown>>,
  positionals: readonly string[],
): void {
  const usage = [words, ...operands.map((operand) => `<${operand}>`)].join(' ');
  if (positionals.length > operands.length) {
    throw new Misuse(`"${positionals[operands.length]}" is too much: it is "${usage}". Quote what has spaces.`);
  }
  if (positionals.length < operands.length) {
    throw new Misuse(`<${operands[positionals.length]}> is missing: it is "${usage}".`);
  }
  const missing = Object.entries(options).filter(([name, { required }]) => required && given[name] === undefined);
  if (missing.length > 0) {
    const names = missing.map(([name, { value }]) => `--${name} ${value ?? ''}`.trim()).join(', ');
    throw new Misuse(`${words} needs ${names} ("ctl help ${words}" explains).`);
  }
}

function addressOf(text: string): string {
  if (text === '') return USUAL_URL;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Misuse(`"${text}" is no address of a server: it is like ${USUAL_URL}.`);
  }
  return text.replace(/\/+$/, '');
}

/** Never repeated in an error: it is a secret. */
function keyOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[\w.-]+$/.test(text)) throw new Misuse('The API key has characters that no key has. Was it copied whole?');
  return text;
}
