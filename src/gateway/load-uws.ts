import { createRequire } from 'node:module';
import { arch, platform, version, versions } from 'node:process';

type Uws = typeof import('uWebSockets.js');

let loaded: Uws | undefined;

/**
 * The binary of uWebSockets.js, loaded when it is needed first: an import would fail before anything of ours could say why.
 * @throws Error with a sentence that names what this host or this Node lacks.
 */
export function loadUws(): Uws {
  if (loaded) return loaded;
  try {
    loaded = createRequire(import.meta.url)('uWebSockets.js') as Uws;
    return loaded;
  } catch (cause) {
    throw new Error(whatIsMissing(String(cause)), { cause });
  }
}

/** From what the loader of the binary said. */
export function whatIsMissing(said: string, node = `Node ${version.slice(1)}`): string {
  const [glibc] = /GLIBC_[\d.]+(?=' not found)/.exec(said) ?? [];
  if (glibc) {
    return `uWebSockets.js for ${node} needs ${glibc}, and the C library of this system is older. Use a system that has it, or Node 20.`;
  }
  if (/ld-(linux|musl)|libc\.musl/.test(said)) {
    return `uWebSockets.js needs glibc, which this system has not (Alpine, for instance). Use an image of Debian or Ubuntu.`;
  }
  if (said.includes('Cannot find module')) {
    const where = `${node} (modules ${versions.modules}) on ${platform} ${arch}`;
    return `There is no binary of uWebSockets.js for ${where}. Use Node 20 or 22; there is none for 23, nor for 26 and later.`;
  }
  return `uWebSockets.js could not be loaded by ${node}: ${said.split('\n').at(-1) ?? said}`;
}
