/**
 * How one seat looks. Every state has a shape of its own besides its colour (WCAG 1.4.1): free is a filled square, mine
 * a disc with a tick, on its way to being mine a ring, held by others a hollow square with a dot, sold a cross, and not for sale a dash.
 */
import { COMPANION, ORDINARY, PAIR, WHEELCHAIR } from './plan.js';
import type { Theme } from './theme.js';

/** The first four are the wire's status codes. */
export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;
export const MINE = 4;
export const MINE_BOOKED = 5;
export const PENDING = 6;

export interface Look {
  readonly state: number;
  readonly kind: number;
  readonly category: number;
}

/** Draws the look into the square at (x, y) with side `side`, in device pixels. Text is not part of it. */
export function drawLook(ctx: CanvasRenderingContext2D, look: Look, x: number, y: number, side: number, theme: Theme) {
  const brush = { ctx, x, y, side, line: Math.max(1, side * 0.1) };
  switch (look.state) {
    case FREE:
      return drawFree(brush, look, theme);
    case HELD:
      return drawHeld(brush, theme.muted);
    case SOLD:
      return drawCross(brush, theme.muted);
    case MINE:
      return drawMine(brush, theme);
    case MINE_BOOKED:
      return drawBooked(brush, theme);
    case PENDING:
      return drawRing(brush, theme.accent);
    default:
      return drawDash(brush, theme.muted);
  }
}

interface Brush {
  readonly ctx: CanvasRenderingContext2D;
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly line: number;
}

function drawFree(brush: Brush, { kind, category }: Look, theme: Theme) {
  const { ctx, x, y, side, line } = brush;
  const color = theme.categories[category] ?? { fill: theme.text, ink: theme.surface };
  ctx.fillStyle = color.fill;
  // The surface reads on the fill, as the fill was made to read on the surface.
  ctx.strokeStyle = theme.surface;
  ctx.lineWidth = line;
  ctx.beginPath();
  // Places for wheelchairs are round, as the sign painted on their floor is; small, the hole tells them apart.
  if (kind === WHEELCHAIR) ctx.arc(x + side / 2, y + side / 2, side / 2, 0, 2 * Math.PI);
  else if (theme.forced) cutSquare(brush, CUTS[category % CUTS.length] ?? 0);
  else ctx.roundRect(x, y, side, side, side * (kind === PAIR ? 0.12 : 0.28));
  ctx.fill();
  if (kind === ORDINARY || kind === PAIR) return;
  if (kind === COMPANION) {
    const inset = side * 0.1;
    ctx.lineWidth = side * 0.06;
    ctx.beginPath();
    ctx.roundRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset, side * 0.2);
    ctx.stroke();
    return;
  }
  if (side < 14) {
    ctx.fillStyle = theme.surface;
    ctx.beginPath();
    ctx.arc(x + side / 2, y + side / 2, side * 0.2, 0, 2 * Math.PI);
    ctx.fill();
    return;
  }
  drawWheelchair(brush, theme.surface);
}

/**
 * With forced colours all categories have the same one: each has its own corners cut off instead. A bit a corner, from the
 * top left on clockwise; the first ones differ most: whole, a diamond, and cut above, below, right and left.
 */
const CUTS = [0, 15, 3, 12, 6, 9, 5, 10, 1, 2, 4, 8, 7, 11, 13, 14];

function cutSquare({ ctx, x, y, side }: Brush, corners: number) {
  const [near, far] = [side * 0.45, side * 0.55];
  // Each corner, and the points before and after it on the way round.
  const path = [
    [0, 0, 0, near, near, 0],
    [side, 0, far, 0, side, near],
    [side, side, side, far, far, side],
    [0, side, near, side, 0, far],
  ] as const;
  path.forEach(([left, top, ...cut], corner) => {
    const [a, b, c, d] = corners & (1 << corner) ? cut : [left, top, left, top];
    ctx.lineTo(x + a, y + b);
    ctx.lineTo(x + c, y + d);
  });
  ctx.closePath();
}

/** A head, a back with a seat and a foot, and the open wheel. */
function drawWheelchair({ ctx, x, y, side }: Brush, ink: string) {
  const at = (u: number, v: number): [number, number] => [x + u * side, y + v * side];
  ctx.fillStyle = ink;
  ctx.strokeStyle = ink;
  ctx.lineWidth = side * 0.075;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.beginPath();
  ctx.arc(...at(0.44, 0.23), side * 0.07, 0, 2 * Math.PI);
  ctx.fill();
  ctx.beginPath();
  ctx.moveTo(...at(0.44, 0.34));
  ctx.lineTo(...at(0.46, 0.55));
  ctx.lineTo(...at(0.62, 0.55));
  ctx.lineTo(...at(0.7, 0.73));
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(...at(0.45, 0.63), side * 0.18, Math.PI * 0.1, Math.PI * 1.35);
  ctx.stroke();
}

function drawHeld({ ctx, x, y, side, line }: Brush, color: string) {
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = line;
  ctx.beginPath();
  ctx.roundRect(x + line, y + line, side - 2 * line, side - 2 * line, side * 0.22);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(x + side / 2, y + side / 2, side * 0.12, 0, 2 * Math.PI);
  ctx.fill();
}

function drawCross({ ctx, x, y, side, line }: Brush, color: string) {
  const inset = side * 0.25;
  ctx.strokeStyle = color;
  ctx.lineWidth = line;
  ctx.lineCap = 'round';
  ctx.beginPath();
  ctx.moveTo(x + inset, y + inset);
  ctx.lineTo(x + side - inset, y + side - inset);
  ctx.moveTo(x + side - inset, y + inset);
  ctx.lineTo(x + inset, y + side - inset);
  ctx.stroke();
}

function drawDash({ ctx, x, y, side, line }: Brush, color: string) {
  ctx.fillStyle = color;
  ctx.fillRect(x + side * 0.25, y + side / 2 - line / 2, side * 0.5, line);
}

function drawMine(brush: Brush, theme: Theme) {
  const { ctx, x, y, side } = brush;
  ctx.fillStyle = theme.accent;
  ctx.beginPath();
  ctx.arc(x + side / 2, y + side / 2, side * 0.56, 0, 2 * Math.PI);
  ctx.fill();
  drawTick(brush, theme.onAccent);
}

function drawBooked(brush: Brush, theme: Theme) {
  drawRing(brush, theme.accent);
  drawTick(brush, theme.accent);
}

function drawRing({ ctx, x, y, side, line }: Brush, color: string) {
  ctx.strokeStyle = color;
  ctx.lineWidth = line * 1.2;
  ctx.beginPath();
  ctx.arc(x + side / 2, y + side / 2, side * 0.46, 0, 2 * Math.PI);
  ctx.stroke();
}

function drawTick({ ctx, x, y, side }: Brush, color: string) {
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, side * 0.13);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.beginPath();
  ctx.moveTo(x + side * 0.27, y + side * 0.53);
  ctx.lineTo(x + side * 0.44, y + side * 0.69);
  ctx.lineTo(x + side * 0.74, y + side * 0.33);
  ctx.stroke();
}
