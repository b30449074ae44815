import { cpus, totalmem } from 'node:os';
import { pinningInWords } from './cores.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  readonly pinning: string;
}

/** Where the figures come from; they mean little elsewhere, unlike their ratios. */
export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    // All that there are, and not those that this process is left with.
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    pinning: pinningInWords(),
  };
}
