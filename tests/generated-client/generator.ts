import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../..');
const tools = join(here, 'node_modules');

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** A folder with the types that the generator made of a document, and programs that use them. */
export class GeneratedClient {
  readonly #folder = mkdtempSync(join(tmpdir(), 'usher-generated-'));

  /** @throws with what the generator said. */
  constructor(openApiDocument: string) {
    cpSync(join(here, 'program'), this.#folder, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
    writeFileSync(join(this.#folder, 'openapi.json'), openApiDocument);
    const generator = join(tools, 'openapi-typescript/bin/cli.js');
    const { status, stderr } = spawnSync(process.execPath, [generator, 'openapi.json', '--output', 'api.d.ts'], {
      cwd: this.#folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`openapi-typescript failed:\n${stderr}`);
  }

  /** What a compiler complains of in all programs; empty where it is content. */
  typeCheck(typescript: '5' | '7'): string {
    const compilerOptions = {
      ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', lib: ['es2023', 'dom'] },
      ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
      ...{ skipLibCheck: false, noEmit: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    };
    writeFileSync(join(this.#folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    writeFileSync(join(this.#folder, 'package.json'), '{"type":"module","private":true}');
    const compiler = join(typescript === '5' ? tools : join(root, 'node_modules'), 'typescript/bin/tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', this.#folder], {
      cwd: this.#folder,
      encoding: 'utf8',
    });
    return `${stdout}${stderr}`;
  }

  /** Runs a program in a process of its own. */
  async run(source: string, environment: Readonly<Record<string, string>>): Promise<Ran> {
    const { code: script } = transformSync(source, { loader: 'ts', format: 'esm' });
    writeFileSync(join(this.#folder, 'program.mjs'), script);
    const child = spawn(process.execPath, ['program.mjs'], {
      cwd: this.#folder,
      env: { PATH: process.env['PATH'], ...environment },
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, output };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
