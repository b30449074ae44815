/**
 * Paints single seats: each look is drawn once for the size of the moment, and set from there pixel by pixel into one
 * picture of all seats that are wanted. A canvas call a seat would cost more than the pixels of the seat.
 */
import { type DeviceView, deviceX, deviceY } from './device-view.js';
import type { Pass } from './pass.js';
import { COMPANION, type Plan, WHEELCHAIR } from './plan.js';
import { drawLook, FREE, MINE } from './seat-look.js';
import { seatNumber } from './seat-naming.js';
import { boundsOf, grow } from './spatial-index.js';

/** The side of a drawn seat as a share of the pitch. */
const SEAT_SHARE = 0.8;

export class SeatPainter {
  /** Pixels by look; 0 where nothing is. */
  readonly #sprites = new Map<number, Uint32Array>();
  #side = 0;
  /** Where seats are put together: as large as the canvas, and in the same place. */
  #layer: CanvasRenderingContext2D | undefined;
  #image: ImageData | undefined;

  paint(pass: Pass): void {
    const { ctx, scene, view, clips, parts } = pass;
    const { index, document, pitch } = scene.plan;
    const { x, y } = document.seats;
    const { width, height } = ctx.canvas;
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#layer = contextOf(width, height);
      this.#image = new ImageData(width, height);
    }
    const layer = this.#layer;
    const image = this.#image;
    if (!layer) return;
    // One number a pixel.
    const to = new Uint32Array(image.data.buffer);
    const side = sideOf(scene.plan, view);
    // Sprites are drawn for one size; another zoom starts anew.
    if (side !== this.#side) this.#sprites.clear();
    this.#side = side;
    const box = boxOf(side);
    for (const clip of clips) {
      for (let row = clip.y; row < clip.y + clip.height; row++) {
        to.fill(0, row * width + clip.x, row * width + clip.x + clip.width);
      }
    }
    const put = (seat: number) => {
      const sprite = this.#spriteOf(pass, seat);
      const left = Math.round(deviceX(view, x[seat])) - (box >> 1);
      const top = Math.round(deviceY(view, y[seat])) - (box >> 1);
      const end = Math.min(box, width - left);
      for (let row = Math.max(0, -top); row < box && top + row < height; row++) {
        const line = (top + row) * width + left;
        for (let column = Math.max(0, -left); column < end; column++) {
          const pixel = sprite[row * box + column] ?? 0;
          if (pixel !== 0) to[line + column] = pixel;
        }
      }
    };
    for (const part of parts) index.query(grow(part, pitch), put);
    for (const clip of clips) layer.putImageData(image, 0, 0, clip.x, clip.y, clip.width, clip.height);
    ctx.drawImage(layer.canvas, 0, 0);
  }

  #spriteOf({ scene: { plan, states }, theme }: Pass, seat: number): Uint32Array {
    const state = states[seat] ?? 0;
    const category = plan.document.seats.category[seat] ?? 0;
    const kind = plan.kind[seat] ?? 0;
    // Only free seats show category and kind; the others share one sprite a state.
    const key = state === FREE ? ((category << 2) | kind) << 3 : state;
    const known = this.#sprites.get(key);
    if (known) return known;
    const side = this.#side;
    const box = boxOf(side);
    const ctx = contextOf(box, box);
    const inset = (box - side) / 2;
    if (!ctx) return new Uint32Array();
    drawLook(ctx, { state, kind, category }, inset, inset, side, theme);
    const sprite = new Uint32Array(ctx.getImageData(0, 0, box, box).data.buffer);
    this.#sprites.set(key, sprite);
    return sprite;
  }
}

/** The number on each free seat. */
export function paintNumbers({ ctx, scene, view, theme, parts }: Pass): void {
  const { plan, states } = scene;
  const { x, y, category, label, row } = plan.document.seats;
  const side = sideOf(plan, view);
  ctx.font = `600 ${Math.round(side * 0.5)}px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  // Once each: ink on ink would be darker than the rest.
  const seats = new Set<number>();
  for (const part of parts) plan.index.query(grow(part, plan.pitch), (seat) => seats.add(seat));
  for (const seat of seats) {
    const kind = plan.kind[seat] ?? 0;
    if (states[seat] !== FREE || kind === WHEELCHAIR) continue;
    ctx.fillStyle = theme.categories[category[seat] ?? 0]?.ink ?? theme.surface;
    ctx.fillText(
      seatNumber(label[seat] ?? '', plan.document.rows[row[seat] ?? -1]?.label),
      Math.round(deviceX(view, x[seat])),
      Math.round(deviceY(view, y[seat])) + side * 0.03,
      side * (kind === COMPANION ? 0.5 : 0.88),
    );
  }
}

/** A bar under both halves makes two seats one sofa. */
export function paintPairs({ ctx, scene, view, theme, shows }: Pass): void {
  const { plan, states } = scene;
  const { x, y, category } = plan.document.seats;
  ctx.lineCap = 'butt';
  ctx.lineWidth = plan.pitch * view.scale * SEAT_SHARE * 0.5;
  for (const [left, right] of plan.document.pairs) {
    if (!shows(grow(boundsOf(x, y, [left, right]), plan.pitch))) continue;
    const state = states[left] ?? 0;
    const free = theme.categories[category[left] ?? 0]?.fill ?? theme.text;
    ctx.strokeStyle = state >= MINE ? theme.accent : state === FREE ? free : theme.hairline;
    ctx.beginPath();
    ctx.moveTo(deviceX(view, x[left]), deviceY(view, y[left]));
    ctx.lineTo(deviceX(view, x[right]), deviceY(view, y[right]));
    ctx.stroke();
  }
}

function sideOf(plan: Plan, view: DeviceView): number {
  return Math.max(3, Math.round(plan.pitch * view.scale * SEAT_SHARE));
}

/** A canvas that is written and read by the processor. */
function contextOf(width: number, height: number): CanvasRenderingContext2D | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext('2d', { willReadFrequently: true }) ?? undefined;
}

/** Room around the seat for discs and round line ends, which are wider than the seat's square; even when `side` is. */
function boxOf(side: number): number {
  return side + 2 * Math.ceil(side * 0.12);
}
