import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, sourcesUnder } from './sources.js';

/** Who may import whom among our folders: dependencies point one way. src/README.md explains it; this is the rule. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/kernel': [],
  'src/core': [],
  'src/protocol': [],
  'src/runtime': ['src/kernel', 'src/core'],
  'src/observability': ['src/kernel'],
  'src/adapters': ['src/kernel', 'src/runtime', 'src/core', 'src/http', 'src/boxoffice'],
  'src/http': ['src/kernel', 'src/protocol'],
  'src/gateway': ['src/kernel', 'src/http', 'src/runtime', 'src/core', 'src/protocol'],
  'src/boxoffice': ['src/kernel', 'src/http', 'src/runtime', 'src/core', 'src/protocol'],
  // Programs beside the server: they start and steer nodes, and are no part of any.
  'src/ops': ['src/kernel', 'src/adapters', 'src/runtime', 'src/core', 'src/boxoffice', 'src/protocol'],
  'client-sdk': ['src/protocol'],
};

/** Of these folders, these others see the ports and not the machinery behind them. */
const PORTS_ONLY: Readonly<Record<string, readonly string[]>> = {
  'src/adapters': ['src/runtime', 'src/http', 'src/boxoffice'],
  'src/boxoffice': ['src/runtime'],
};

/** A port stands beside its user, in a file of its own that is named so. */
const PORT = /-port\.ts$/;

const sources = sourcesUnder('src', 'client-sdk');

function areaOf(path: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((area) => path.startsWith(`${area}/`));
}

function ownImports(path: string, text: string): readonly string[] {
  return importsOf(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'));
}

describe('imports between our folders', () => {
  test('there are sources to look at', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  test('each folder imports only what the table allows', () => {
    const wrong: string[] = [];
    for (const { path, text } of sources) {
      const area = areaOf(path);
      if (!area) continue;
      for (const target of ownImports(path, text)) {
        const to = areaOf(target) ?? target;
        if (to === area) continue;
        const allowed = MAY_IMPORT[area]?.includes(to);
        const portsOnly = PORTS_ONLY[area]?.includes(to) ?? false;
        if (!allowed || (portsOnly && !PORT.test(target))) wrong.push(`${path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a port imports nothing but the core, the errors and money of the protocol, and other ports, so that nobody gets machinery with it', () => {
    const ports = sources.filter(({ path }) => /^src\/(runtime|http|boxoffice)\//.test(path) && PORT.test(path));
    expect(ports.length).toBeGreaterThan(5);
    const wrong = ports.flatMap(({ path, text }) =>
      ownImports(path, text)
        .filter((target) => !PORT.test(target) && !/^src\/(kernel\/|core\/|protocol\/(errors|money)\.ts$)/.test(target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('kernel, core, protocol and runtime import no driver and nothing of Node', () => {
    const allowed: Record<string, RegExp> = {
      'src/kernel': /^$/,
      'src/core': /^zod$/,
      'src/protocol': /^(zod|msgpackr(\/.*)?)$/,
      'src/runtime': /^$/,
    };
    const wrong: string[] = [];
    for (const [area, names] of Object.entries(allowed)) {
      for (const { path, text } of sourcesUnder(area)) {
        for (const name of importsOf(text)) {
          if (!name.startsWith('.') && !names.test(name)) wrong.push(`${path} imports ${name}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('the SDK carries no validation library: of the protocol it imports types and small constants', () => {
    const heavy = ['client-messages', 'read-client-frame', 'encode'];
    const wrong = sourcesUnder('client-sdk').flatMap(({ path, text }) =>
      [...text.matchAll(/^import (?!type)[^;]*?from '([^']+)'/gm)]
        .map((match) => match[1] ?? '')
        .filter((name) => name === 'zod' || heavy.some((file) => name.endsWith(`/protocol/${file}.js`)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('there is no cycle', () => {
    const graph = new Map(sources.map(({ path, text }) => [path, ownImports(path, text)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      const at = trail.indexOf(path);
      if (at >= 0) cycles.push([...trail.slice(at), path].join(' → '));
      if (at >= 0 || done.has(path)) return;
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  test('no folder of the server hides behind an index file', () => {
    expect(sources.map(({ path }) => path).filter((path) => /^src\/.*\/index\.ts$/.test(path))).toEqual([]);
  });
});
