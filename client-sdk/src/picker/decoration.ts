/**
 * The stage, the screen, a text: drawn and never sold. Their colours were chosen for white paper, so they are laid on
 * thinly and their texts take the page's ink; that keeps them calm, and readable in dark mode.
 */
import type { Decoration } from '../../../src/protocol/seat-map-document.js';
import { type DeviceView, deviceX, deviceY } from './device-view.js';
import type { Theme } from './theme.js';

export function drawDecoration(ctx: CanvasRenderingContext2D, decoration: Decoration, view: DeviceView, theme: Theme) {
  const { x, y, rotation, text } = decoration;
  ctx.save();
  ctx.setTransform(view.scale, 0, 0, view.scale, deviceX(view, x), deviceY(view, y));
  if (rotation !== 0) ctx.rotate((rotation * Math.PI) / 180);
  ctx.beginPath();
  const closed = trace(ctx, decoration);
  if (closed && !theme.forced) {
    ctx.globalAlpha = 0.2;
    ctx.fillStyle = decoration.color ?? theme.muted;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  if (closed) {
    ctx.strokeStyle = theme.hairline;
    ctx.lineWidth = (1.2 * view.ratio) / view.scale;
    ctx.stroke();
  }
  if (text && text.size * view.scale >= 5 * view.ratio) {
    ctx.fillStyle = theme.text;
    ctx.font = `500 ${text.size}px ${theme.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(text.value, text.x, text.y);
  }
  ctx.restore();
}

/** Adds the outline to the path; false for a bare text. */
function trace(ctx: CanvasRenderingContext2D, { shape, width = 0, height = 0, points = [] }: Decoration): boolean {
  switch (shape) {
    case 'rectangle':
      ctx.rect(0, 0, width, height);
      return true;
    case 'circle':
    case 'ellipse':
      ctx.ellipse(0, 0, width / 2, height / 2, 0, 0, 2 * Math.PI);
      return true;
    case 'polygon':
      for (const point of points) ctx.lineTo(point.x, point.y);
      ctx.closePath();
      return true;
    case 'text':
      return false;
  }
}
