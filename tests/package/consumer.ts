import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sdk = join(root, 'client-sdk');

export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** An integrator's empty folder, into which the packed package was installed and nothing else. */
export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), 'usher-consumer-'));

  /** @throws with what npm said. */
  constructor() {
    const npm = (folder: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`npm ${args.join(' ')}\n${stdout}\n${stderr}`);
      return stdout;
    };
    // What was built before the tests is packed: another build now would pull the files from under other tests.
    const packed = npm(sdk, 'pack', '--ignore-scripts', '--json', '--pack-destination', this.folder);
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    // Offline: there must be nothing to fetch.
    npm(this.folder, 'install', '--offline', '--no-audit', '--no-fund', `./${filename}`);
  }

  get installed(): string {
    return join(this.folder, 'node_modules/@usher/client');
  }

  /** Makes packages of ours available, as if they had been installed beside it. */
  link(...names: readonly string[]): void {
    for (const name of names) {
      const to = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(to), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), to);
    }
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** What the compiler complains of in these files; empty where it is content. Declarations of packages are checked too. */
  typeCheck(files: Readonly<Record<string, string>>, moduleResolution: 'bundler' | 'nodenext'): string {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    const module = moduleResolution === 'bundler' ? 'preserve' : 'nodenext';
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], jsx: 'react-jsx' },
      ...{ strict: true, skipLibCheck: false, noEmit: true, types: [] },
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    const tsc = join(root, 'node_modules/.bin/tsc');
    return spawnSync(tsc, ['-p', this.folder], { cwd: this.folder, encoding: 'utf8' }).stdout;
  }

  /** Runs a program in TypeScript, in a process of its own. */
  async run(program: string, nodeOptions: readonly string[] = []): Promise<Ran> {
    this.write('program.js', transformSync(program, { loader: 'ts', format: 'esm' }).code);
    const child = spawn(process.execPath, [...nodeOptions, 'program.js'], { cwd: this.folder });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output, errors };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The examples of a page of the installed package, in their order. */
export function examples(consumer: Consumer, page: string, language: 'ts' | 'tsx' | 'js' | 'html'): string[] {
  const text = readFileSync(join(consumer.installed, page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code ?? '');
}
