import { setTimeout as sleep } from 'node:timers/promises';
import type { MapWindow } from './map-window.js';

/** Mice report 125 times a second. */
const EVERY_MS = 8;
/** What one wheel event tells, in CSS pixels; a notch of a mouse is some of them. */
const WHEEL_PX = 8;
const DRAG_RADIUS_PX = 160;

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Into the map to single seats, around there, on to their numbers, around there, and back to the whole house: every kind
 * of picture is panned and zoomed.
 */
export async function wander(window: MapWindow): Promise<void> {
  const box = await window.box();
  const middle = { x: box.x + box.width * 0.45, y: box.y + box.height * 0.25 };
  await zoom(window, middle, 'in', 400);
  await drag(window, middle, 600);
  await zoom(window, middle, 'in', 300);
  await drag(window, middle, 400);
  await zoom(window, middle, 'out', 1_000);
}

/** Turns the wheel with the control key held, as a trackpad's pinch does. */
export async function zoom(window: MapWindow, { x, y }: Point, way: 'in' | 'out', ms: number): Promise<void> {
  const deltaY = way === 'in' ? -WHEEL_PX : WHEEL_PX;
  await steadily(ms, () => window.input({ type: 'mouseWheel', x, y, deltaY, ctrl: true }));
}

/** In a circle, back to where it began. */
async function drag(window: MapWindow, { x, y }: Point, ms: number): Promise<void> {
  await window.input({ type: 'mousePressed', x, y, pressed: true });
  await steadily(ms, (share) => {
    const angle = 2 * Math.PI * share;
    const to = { x: x + Math.sin(angle) * DRAG_RADIUS_PX, y: y + (1 - Math.cos(angle)) * DRAG_RADIUS_PX * 0.5 };
    return window.input({ type: 'mouseMoved', ...to, pressed: true });
  });
  await window.input({ type: 'mouseReleased', x, y, pressed: true });
}

/** Sends at the pace of a mouse whatever the page does with it; then waits until all has arrived. */
async function steadily(ms: number, send: (share: number) => Promise<unknown>): Promise<void> {
  const sent: Promise<unknown>[] = [];
  const events = Math.round(ms / EVERY_MS);
  const startedAt = performance.now();
  while (sent.length < events) {
    const due = Math.min(events, (performance.now() - startedAt) / EVERY_MS);
    while (sent.length < due) sent.push(send((sent.length + 1) / events));
    await sleep(EVERY_MS);
  }
  await Promise.all(sent);
}
