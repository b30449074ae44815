import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../../client-sdk/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

it('every entry of the package has a source at the place that its exports say', () => {
  const entries = Object.entries<{ types: string; default: string }>(manifest.exports).filter(([, at]) => at.types);
  expect(Object.keys(manifest.exports).slice(entries.length)).toEqual(['./global', './package.json']);
  expect(entries.map(([name]) => name)).toEqual(['.', './react', './picker', './picker/define']);
  for (const [, at] of entries) {
    const source = at.types.replace('./dist/types/client-sdk/', '').replace('.d.ts', '.ts');
    expect(existsSync(new URL(source, root)), source).toBe(true);
    // The build keeps the folders of src, so both are named after the same file.
    expect(at.default).toBe(source.replace('src/', './dist/').replace('.ts', '.js'));
  }
});

it('installs no package and runs no script', () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
  expect(manifest.peerDependenciesMeta).toMatchObject({ ws: { optional: true }, react: { optional: true } });
});

it("has the licence of the whole, as npm takes a package's own file only", () => {
  const whole = readFileSync(new URL('../LICENSE', root), 'utf8');
  expect(readFileSync(new URL('LICENSE', root), 'utf8')).toBe(whole);
});

it('the published types of the core need neither zod nor the schemas', () => {
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, path = ''] of readFileSync(url, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
      visit(new URL(`${path}.ts`, url));
    }
  };
  visit(new URL('src/index.ts', root));
  visit(new URL('src/react.ts', root));
  expect([...seen].filter((href) => href.includes('/src/protocol/')).map((href) => href.split('/').at(-1))).toContain(
    'errors.ts',
  );
  expect([...seen].filter((href) => href.includes('client-messages'))).toEqual([]);
});
