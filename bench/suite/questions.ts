import { contended } from '../questions/contended.js';
import type { Benchmark } from './benchmark.js';

/** All that `npm run bench` measures, in the order in which it does. */
export const QUESTIONS: readonly Benchmark[] = [contended];
