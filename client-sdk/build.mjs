/** Builds the package (four entries that share chunks, and their types) and the demo app, all into dist. */
import { execFileSync } from 'node:child_process';
import { copyFile, readdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

process.chdir(import.meta.dirname);
await rm('dist', { recursive: true, force: true });

const common = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'warning',
};

await build({
  ...common,
  entryPoints: ['src/index.ts', 'src/react.ts', 'src/picker/index.ts', 'src/picker/define.ts'],
  outbase: 'src',
  outdir: 'dist',
  splitting: true,
  // Left to the one who installs: their bundler takes msgpackr's half for reading alone, and their React is one.
  packages: 'external',
});

await build({ ...common, entryPoints: ['demo/main.ts'], outdir: 'dist/demo', minify: true });
for (const name of await readdir('demo')) {
  if (/\.(html|css|svg)$/.test(name)) await copyFile(`demo/${name}`, `dist/demo/${name}`);
}

execFileSync('tsc', ['-p', '.'], { stdio: 'inherit' });
