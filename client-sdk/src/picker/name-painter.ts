/** Writes the names of sections and rows. */
import { deviceX, deviceY } from './device-view.js';
import type { Pass } from './pass.js';
import { grow, overlaps, type Rect } from './spatial-index.js';

/** Largest sections first; a name that would lie on another one waits for a closer look. */
export function paintSectionNames({ ctx, scene, view, theme, clips }: Pass): void {
  const size = Math.round(12 * view.ratio);
  write(ctx, `600 ${size}px ${theme.font}`);
  const placed: Rect[] = [];
  for (const { name, bounds, seats, nameAt } of scene.plan.sectionsBySize) {
    // A standing area is written on already.
    if (seats === 0) continue;
    const width = ctx.measureText(name).width + size * 1.2;
    if (bounds.width * view.scale < width * 0.7 || bounds.height * view.scale < size * 1.2) continue;
    const middleX = Math.round(deviceX(view, nameAt.x));
    const middleY = Math.round(deviceY(view, nameAt.y));
    const pill = { x: middleX - width / 2, y: middleY - size * 0.85, width, height: size * 1.7 };
    if (placed.some((other) => overlaps(other, pill))) continue;
    placed.push(pill);
    if (!clips.some((clip) => overlaps(clip, grow(pill, view.ratio)))) continue;
    ctx.beginPath();
    ctx.roundRect(pill.x, pill.y, pill.width, pill.height, pill.height / 2);
    ctx.fillStyle = theme.surface;
    ctx.fill();
    ctx.strokeStyle = theme.hairline;
    ctx.lineWidth = view.ratio;
    ctx.stroke();
    ctx.fillStyle = theme.text;
    ctx.fillText(name, middleX, middleY + size * 0.06);
  }
}

/** A name too wide for its place waits for a closer look, rather than lie on the next block's seats. */
export function paintRowNames({ ctx, scene, view, theme, shows }: Pass): void {
  const unit = scene.plan.pitch;
  const pitch = unit * view.scale;
  const size = Math.min(14 * view.ratio, Math.max(8 * view.ratio, pitch * 0.46));
  write(ctx, `500 ${Math.round(size)}px ${theme.font}`);
  ctx.fillStyle = theme.text;
  ctx.globalAlpha = 0.75;
  for (const { text, x, y } of scene.plan.rowNames()) {
    if (!shows(grow({ x, y, width: 0, height: 0 }, 2 * unit))) continue;
    if (text.length > 2 && ctx.measureText(text).width > pitch * 1.2) continue;
    ctx.fillText(text, Math.round(deviceX(view, x)), Math.round(deviceY(view, y)));
  }
  ctx.globalAlpha = 1;
}

function write(ctx: CanvasRenderingContext2D, font: string): void {
  ctx.font = font;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
}
