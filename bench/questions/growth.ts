import { coreFindings } from '../growth/core-findings.js';
import { nodeFindings } from '../growth/node-findings.js';
import type { Benchmark } from '../suite/benchmark.js';

const SIZES = [100, 1_000, 10_000, 50_000] as const;

/** What grows with the hall and with the number of showtimes, and what must not. */
export const growth: Benchmark = {
  name: 'growth',
  question: `what one house costs from ${SIZES[0]} to ${SIZES.at(-1)} seats, and one node with more and more showtimes`,
  async run(stage) {
    return [...(await coreFindings(stage, SIZES)), ...(await nodeFindings(stage, SIZES))];
  },
};
