/** Builds the package (four entries that share chunks, one script for plain pages, types) and the demo app, all into dist. */
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
  // React is the page's own. There is nothing else to leave out: the client depends on no package.
  external: ['react'],
});

await build({
  ...common,
  entryPoints: { 'usher.global': 'src/picker/global.ts' },
  outdir: 'dist',
  format: 'iife',
  globalName: 'Usher',
  minify: true,
});

await build({ ...common, entryPoints: ['demo/main.ts'], outdir: 'dist/demo', minify: true });
for (const name of await readdir('demo')) {
  if (/\.(html|css|svg)$/.test(name)) await copyFile(`demo/${name}`, `dist/demo/${name}`);
}

execFileSync('tsc', ['-p', '.'], { stdio: 'inherit' });
