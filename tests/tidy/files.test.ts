import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourcesUnder, trackedFiles } from './sources.js';

const LINES_MAX = 400;
const TOP_LEVEL =
  /^(src|client-sdk|sql|tests|bench|deploy|findings|package\.json|package-lock\.json|tsconfig\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|Dockerfile|compose\.yaml|biome\.json|vitest\.config\.ts|knip\.json|\..*)$/;

describe('files', () => {
  test(`no source is longer than ${LINES_MAX} lines`, () => {
    const long = sourcesUnder('src', 'client-sdk', 'bench', 'tests')
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  test('names are kebab-case and say what is inside', () => {
    const drawers = /(^|\/)(utils?|helpers?|types|manager|common|misc|shared)(\/|\.tsx?$)/;
    const wrong = sourcesUnder('src', 'client-sdk', 'bench', 'tests')
      .map(({ path }) => path)
      .filter(
        (path) =>
          drawers.test(path) ||
          !/^([a-z0-9]+(-[a-z0-9]+)*|\.)+(\.(test|config|d))?\.tsx?$/.test(path.split('/').pop() ?? ''),
      );
    expect(wrong).toEqual([]);
  });

  test('the top level is as the design fixes it', () => {
    const top = new Set(trackedFiles().map((path) => path.split('/')[0] ?? ''));
    expect([...top].filter((name) => !TOP_LEVEL.test(name))).toEqual([]);
  });

  test('every folder has a README, or stands in one that has', () => {
    const folders = new Set(sourcesUnder('src', 'client-sdk', 'bench', 'tests').map(({ path }) => dirname(path)));
    // src/README.md is the architecture: it describes the folders of src, and does not stand in for their own.
    const described = (folder: string): boolean =>
      existsSync(`${folder}/README.md`) ||
      (folder.includes('/') && dirname(folder) !== 'src' && described(dirname(folder)));
    expect([...folders].filter((folder) => !described(folder))).toEqual([]);
  });

  test('links between our documents lead somewhere', () => {
    const dead = trackedFiles()
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
          .map((match) => `${dirname(path)}/${match[1]}`)
          .filter((target) => !existsSync(target))
          .map((target) => `${path} → ${target}`),
      );
    expect(dead).toEqual([]);
  });

  test('the lock file records no download hosts', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved": "http/);
  });
});
