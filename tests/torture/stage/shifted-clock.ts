import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a node process loads before the server: its `Date` is off by what the file says, read ten times a second. */
const PRELOAD = `
import { readFileSync } from 'node:fs';
const RealDate = Date;
const file = process.env.TORTURE_CLOCK_FILE;
let offsetMs = 0;
const look = () => {
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    offsetMs = 0;
  }
};
look();
const parent = process.ppid;
setInterval(() => {
  look();
  // However the one who started us ended: nobody is left to end us.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 100).unref();
globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};
`;

/**
 * The wall clock of one node, as far as JavaScript sees it: what `Date` says, and not what the kernel does. Monotonic time
 * (`performance.now`, timers) is as it is.
 */
export class ShiftedClock {
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(preload: string, file: string) {
    this.#file = file;
    this.environment = { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`, TORTURE_CLOCK_FILE: file };
  }

  static async in(directory: string, node: string): Promise<ShiftedClock> {
    const preload = join(directory, 'shift-clock.mjs');
    await writeFile(preload, PRELOAD);
    const clock = new ShiftedClock(preload, join(directory, `clock-of-${node}`));
    await clock.shift(0);
    return clock;
  }

  async shift(offsetMs: number): Promise<void> {
    await writeFile(this.#file, String(offsetMs));
  }
}
