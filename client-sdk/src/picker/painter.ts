/**
 * Paints any parts of the map: all that touches them, and nothing outside. Panning paints the uncovered strips and a
 * changed seat its own few pixels, so the cost of a frame follows what changed and not the size of the house.
 */
import { drawDecoration } from './decoration.js';
import { type DeviceView, deviceX, deviceY } from './device-view.js';
import { paintRowNames, paintSectionNames } from './name-painter.js';
import type { Pass, Scene } from './pass.js';
import { drawLook, FREE, MINE } from './seat-look.js';
import { paintNumbers, paintPairs, SeatPainter } from './seat-painter.js';
import { overlaps, type Rect } from './spatial-index.js';
import type { Theme } from './theme.js';

export type Level = 'far' | 'mid' | 'near';

/** CSS pixels between two seats: below the first, seats would blur into noise; from the second, numbers can be read. */
const MID_FROM_PX = 5.5;
const NEAR_FROM_PX = 20;

export function levelOf(pitchPx: number): Level {
  return pitchPx < MID_FROM_PX ? 'far' : pitchPx < NEAR_FROM_PX ? 'mid' : 'near';
}

export class Painter {
  readonly #theme: Theme;
  readonly #seats = new SeatPainter();

  /** For another theme, another painter: nothing that was drawn in the old one is of use. */
  constructor(theme: Theme) {
    this.#theme = theme;
  }

  /** All in one go, since much of it costs by the painting and not by its size. */
  paint(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, clips: readonly Rect[]): void {
    const { plan } = scene;
    const pitchPx = (plan.pitch * view.scale) / view.ratio;
    const level = levelOf(pitchPx);
    const parts = clips.map(({ x, y, width, height }) => ({
      x: (x - view.x) / view.scale,
      y: (y - view.y) / view.scale,
      width: width / view.scale,
      height: height / view.scale,
    }));
    const shows = (rect: Rect) => parts.some((part) => overlaps(rect, part));
    const pass: Pass = { ctx, scene, view, theme: this.#theme, clips, parts, shows };
    ctx.save();
    ctx.beginPath();
    for (const { x, y, width, height } of clips) {
      ctx.rect(x, y, width, height);
      ctx.clearRect(x, y, width, height);
    }
    ctx.clip();
    for (const decoration of plan.document.decorations) drawDecoration(ctx, decoration, view, this.#theme);
    paintAreas(pass);
    if (level === 'far') {
      paintRuns(pass);
      paintOwn(pass);
      if (plan.sections.length > 1) paintSectionNames(pass);
    } else {
      paintPairs(pass);
      this.#seats.paint(pass);
      if (level === 'near') paintNumbers(pass);
      if (pitchPx >= 8) paintRowNames(pass);
    }
    ctx.restore();
  }
}

/** Each run is a stroke as thick as the share of its seats that are free, or a hairline where none is. */
function paintRuns({ ctx, scene, view, theme, shows }: Pass): void {
  const { plan, freeInRun } = scene;
  const pitch = plan.pitch * view.scale;
  ctx.lineCap = 'square';
  ctx.lineJoin = 'bevel';
  plan.runs.forEach((run, i) => {
    if (!shows(run.bounds)) return;
    const share = (freeInRun[i] ?? 0) / run.seats.length;
    const color = share === 0 ? theme.muted : theme.categories[run.category]?.fill;
    const width = share === 0 ? Math.max(0.5, pitch * 0.14) : Math.max(1, pitch * (0.2 + 0.58 * share));
    ctx.beginPath();
    for (let at = 0; at < run.path.length; at += 2) {
      // Moved by a hair, since a stroke without a length, as of a run of one seat, would not be drawn.
      ctx.lineTo(deviceX(view, run.path[at]) + at / 100, deviceY(view, run.path[at + 1]));
    }
    ctx.strokeStyle = color ?? theme.text;
    ctx.lineWidth = width;
    // Forced colours are one for all categories: from the second on each is dashed in its own length.
    ctx.setLineDash(theme.forced && share > 0 && run.category > 0 ? [pitch * run.category, pitch * 1.5] : []);
    ctx.stroke();
  });
  ctx.setLineDash([]);
}

/** From afar one's own seats stay visible at a size of their own. */
function paintOwn({ ctx, scene, view, theme }: Pass): void {
  const { x, y } = scene.plan.document.seats;
  const side = Math.max(9 * view.ratio, scene.plan.pitch * view.scale);
  for (const seat of scene.own) {
    const state = scene.states[seat] ?? FREE;
    if (state < MINE || scene.plan.areaOf[seat] !== -1) continue;
    const left = deviceX(view, x[seat]) - side / 2;
    const top = deviceY(view, y[seat]) - side / 2;
    drawLook(ctx, { state, kind: 0, category: 0 }, left, top, side, theme);
  }
}

function paintAreas({ ctx, scene, view, theme, shows }: Pass): void {
  scene.plan.document.areas.forEach((area, i) => {
    if (!shows(area)) return;
    const left = Math.round(deviceX(view, area.x));
    const top = Math.round(deviceY(view, area.y));
    const width = Math.round(area.width * view.scale);
    const height = Math.round(area.height * view.scale);
    const color = theme.categories[area.category]?.fill ?? theme.text;
    ctx.beginPath();
    ctx.roundRect(left, top, width, height, Math.min(12 * view.ratio, width / 4, height / 4));
    ctx.globalAlpha = theme.forced ? 0 : 0.16;
    ctx.fillStyle = color;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = color;
    ctx.lineWidth = 2 * view.ratio;
    ctx.setLineDash([6 * view.ratio, 4 * view.ratio]);
    ctx.stroke();
    ctx.setLineDash([]);
    const lines = scene.areaText(i);
    const size = fontSizeFor(ctx, theme, lines, width * 0.88, Math.min(15 * view.ratio, height / (lines.length * 1.6)));
    if (size < 6 * view.ratio) return;
    ctx.fillStyle = theme.text;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    lines.forEach((line, at) => {
      ctx.font = `${at === 0 ? 600 : 400} ${Math.round(size)}px ${theme.font}`;
      ctx.fillText(line, left + width / 2, top + height / 2 + (at - (lines.length - 1) / 2) * size * 1.4);
    });
  });
}

function fontSizeFor(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  lines: readonly string[],
  width: number,
  most: number,
): number {
  ctx.font = `600 100px ${theme.font}`;
  const widest = Math.max(1, ...lines.map((line) => ctx.measureText(line).width));
  return Math.min(most, (width / widest) * 100);
}
