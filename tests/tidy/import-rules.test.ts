import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, sourcesUnder } from './sources.js';

/** Who may import whom among our folders: dependencies point one way. src/README.md explains it; this is the rule. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/protocol': [],
  'src/runtime': ['src/core'],
  'src/observability': ['src/runtime'],
  'src/adapters': ['src/runtime', 'src/core'],
  'src/http': ['src/runtime', 'src/protocol'],
  'src/gateway': ['src/http', 'src/runtime', 'src/core', 'src/protocol'],
  'src/boxoffice': ['src/http', 'src/runtime', 'src/core', 'src/protocol'],
  // Programs beside the server: they start and steer nodes, and are no part of any.
  'src/ops': ['src/adapters', 'src/runtime', 'src/core', 'src/boxoffice'],
  'client-sdk': ['src/protocol'],
};

/** Adapters and the box office see the ports of the runtime, not its machinery. */
const PORTS_ONLY = ['src/adapters', 'src/boxoffice', 'src/http', 'src/observability'];

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
        const portsOnly = PORTS_ONLY.includes(area) && to === 'src/runtime';
        if (!allowed || (portsOnly && target !== 'src/runtime/ports.ts')) wrong.push(`${path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('core, protocol and runtime import no driver and nothing of Node', () => {
    const allowed: Record<string, RegExp> = {
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
