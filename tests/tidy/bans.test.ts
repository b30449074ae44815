import { describe, expect, test } from 'vitest';
import { codeOf, sourcesUnder } from './sources.js';

interface Ban {
  readonly what: RegExp;
  readonly where: readonly string[];
  readonly except?: readonly string[];
  readonly why: string;
}

const BANS: readonly Ban[] = [
  {
    what: /\b(Date\b|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|performance\b|process\b)/,
    where: ['src/kernel', 'src/core', 'src/runtime'],
    why: 'time and randomness come in through arguments and ports, so that the same seed gives the same run',
  },
  {
    what: /\bprocess\./,
    where: ['src'],
    except: ['src/main.ts', 'src/ops/cluster.ts', 'src/ops/ctl.ts'],
    why: 'only the file that a program starts with touches the process',
  },
  { what: /\bconsole\./, where: ['src', 'client-sdk/src'], why: 'the server logs by its log, the SDK by its events' },
  { what: /@ts-ignore|@ts-expect-error|@ts-nocheck/, where: ['src', 'client-sdk', 'bench'], why: 'fix the type' },
  { what: /\bas any\b|: any\b|<any>/, where: ['src', 'client-sdk', 'bench', 'tests'], why: 'name the type' },
  { what: /\.(only|todo)\(/, where: ['tests'], why: 'no test is left out without a reason that is printed' },
  { what: /\b(TODO|FIXME|XXX|HACK)\b/, where: ['src', 'client-sdk', 'bench', 'tests'], why: 'do it, or file an issue' },
];

describe('what sources do not contain', () => {
  test.each(BANS)('$what in $where: $why', ({ what, where, except = [] }) => {
    const sources = sourcesUnder(...where).filter(
      ({ path }) => !except.includes(path) && !path.startsWith('tests/tidy/'),
    );
    expect(sources.length).toBeGreaterThan(0);
    const found = sources.flatMap(({ path, text }) =>
      // Marks such as these live in comments, so the comments are looked at too.
      (/TODO|ts-ignore/.test(what.source) ? text : codeOf(text))
        .split('\n')
        .flatMap((line, i) => (what.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });

  test('SQL is never put together from values', () => {
    const found = sourcesUnder('src').flatMap(({ path, text }) =>
      [...text.matchAll(/`[^`]*\b(SELECT|INSERT|UPDATE|DELETE)\b[^`]*`/g)]
        .flatMap((match) => [...match[0].matchAll(/\$\{([^}]*)\}/g)].map((hole) => `${path}: ${hole[1]}`))
        // A constant of ours, in capitals, or the list of placeholders made from one.
        .filter((line) => !/: [A-Z_]+(\.map\(.*)?$/.test(line)),
    );
    expect(found).toEqual([]);
  });
});
