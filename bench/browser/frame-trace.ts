import type { Browser, Page } from 'playwright-core';

/** What a page's frames cost while something went on, in milliseconds. */
export interface Frames {
  /**
   * All that the page's main thread did for a frame: from the end of the frame before to its own, every task with its
   * input handlers, messages, timers, animation frames, style, layout, paint and the rasterising of canvases.
   */
  readonly workMs: readonly number[];
  /** The part of that in which the thread really ran, and did not wait for a processor. */
  readonly cpuMs: readonly number[];
  /** Between two pictures that the compositor drew. */
  readonly intervalMs: readonly number[];
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

const CATEGORIES = ['disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

/** Watches the frames of the page during `act`. Nothing is put into the page for it. */
export async function traceFrames(browser: Browser, page: Page, act: () => Promise<void>): Promise<Frames> {
  await browser.startTracing(page, { categories: CATEGORIES });
  let trace: Buffer;
  try {
    await act();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { readonly traceEvents: readonly TraceEvent[] };
  return framesOf([...traceEvents].sort((a, b) => a.ts - b.ts));
}

/** @throws Error where fewer than two frames were drawn. */
function framesOf(events: readonly TraceEvent[]): Frames {
  const first = events.find(({ name }) => name === 'BeginMainThreadFrame');
  if (!first) throw new Error('The page has drawn no frame.');
  const main = events.filter(({ pid, tid }) => pid === first.pid && tid === first.tid);
  // Told at the start of what makes the frame, all of which is in one task with it.
  const begun = main.filter(({ name }) => name === first.name).map(({ ts }) => ts);
  const frames: { work: number; cpu: number }[] = [];
  let frame = { work: 0, cpu: 0 };
  let next = 0;
  for (const { name, ts, dur = 0, tdur = 0 } of main) {
    if (name !== 'RunTask') continue;
    frame.work += dur / 1_000;
    frame.cpu += tdur / 1_000;
    const before = next;
    while ((begun[next] ?? Number.POSITIVE_INFINITY) <= ts + dur) next++;
    if (next === before) continue;
    frames.push(frame);
    frame = { work: 0, cpu: 0 };
  }
  const drawn = events.filter(({ name, pid }) => name === 'DrawFrame' && pid === first.pid).map(({ ts }) => ts);
  // The first frame's work began before anybody watched.
  const whole = frames.slice(1);
  if (whole.length < 2 || drawn.length < 2) throw new Error('The page has drawn no frames.');
  return {
    workMs: whole.map(({ work }) => work),
    cpuMs: whole.map(({ cpu }) => cpu),
    intervalMs: drawn.slice(1).map((ts, i) => (ts - (drawn[i] ?? ts)) / 1_000),
  };
}

/** By nearest rank; `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
