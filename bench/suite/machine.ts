import { availableParallelism, cpus, totalmem } from 'node:os';
import { pinningInWords } from './cores.js';

/** Where the figures come from; they mean little elsewhere, unlike their ratios. */
export function machine() {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    pinning: pinningInWords(),
  };
}
