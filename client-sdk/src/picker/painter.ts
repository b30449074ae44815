/**
 * Paints any rectangle of the map: all that touches it, and nothing outside. Panning paints the uncovered strips and a
 * changed seat its own few pixels, so the cost of a frame follows what changed and not the size of the house.
 */
import { drawDecoration } from './decoration.js';
import type { DeviceView } from './device-view.js';
import { COMPANION, type Plan, WHEELCHAIR } from './plan.js';
import { drawLook, FREE, type Look, MINE, MINE_BOOKED, PENDING } from './seat-look.js';
import { seatNumber } from './seat-naming.js';
import { grow, overlaps, type Rect } from './spatial-index.js';
import type { Theme } from './theme.js';

/** What there is to paint. The columns are read live. */
export interface Scene {
  readonly plan: Plan;
  /** A look state by seat, see seat-look.ts. */
  readonly states: Uint8Array;
  readonly freeInRun: Int32Array;
  /** Lines of text in the middle of each standing area. */
  areaText(area: number): readonly string[];
}

export type Level = 'far' | 'mid' | 'near';

/** CSS pixels between two seats: below the first, seats would blur into noise; from the second, numbers can be read. */
const MID_FROM_PX = 5.5;
const NEAR_FROM_PX = 20;

export function levelOf(pitchPx: number): Level {
  return pitchPx < MID_FROM_PX ? 'far' : pitchPx < NEAR_FROM_PX ? 'mid' : 'near';
}

/** The side of a drawn seat as a share of the pitch. */
const SEAT_SHARE = 0.8;

export class Painter {
  readonly #sprites = new Map<number, HTMLCanvasElement>();
  #spriteSide = 0;

  constructor(private theme: Theme) {}

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#sprites.clear();
  }

  paint(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, clip: Rect): void {
    const { plan } = scene;
    const pitch = plan.pitch * view.scale;
    const level = levelOf(pitch / view.ratio);
    const shown: Rect = {
      x: (clip.x - view.x) / view.scale,
      y: (clip.y - view.y) / view.scale,
      width: clip.width / view.scale,
      height: clip.height / view.scale,
    };
    ctx.save();
    ctx.beginPath();
    ctx.rect(clip.x, clip.y, clip.width, clip.height);
    ctx.clip();
    ctx.clearRect(clip.x, clip.y, clip.width, clip.height);
    for (const decoration of plan.document.decorations) drawDecoration(ctx, decoration, view, this.theme);
    this.#paintAreas(ctx, scene, view, shown);
    if (level === 'far') {
      this.#paintRuns(ctx, scene, view, shown);
      this.#paintOwn(ctx, scene, view);
      if (plan.sections.length > 1) this.#paintSectionNames(ctx, scene, view);
    } else {
      this.#paintPairs(ctx, scene, view, shown);
      this.#paintSeats(ctx, scene, view, grow(shown, plan.pitch), level);
      if (pitch / view.ratio >= 8) this.#paintRowNames(ctx, scene, view, shown);
    }
    ctx.restore();
  }

  /** Each run is a stroke: a hairline for the row, and over it one as thick as the share of its seats that are free. */
  #paintRuns(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, shown: Rect): void {
    const { plan, freeInRun } = scene;
    const { x, y } = plan.document.seats;
    const pitch = plan.pitch * view.scale;
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    plan.runs.forEach((run, i) => {
      if (!overlaps(run.bounds, shown)) return;
      const share = (freeInRun[i] ?? 0) / run.seats.length;
      ctx.beginPath();
      const step = Math.max(1, Math.floor(run.seats.length / 12));
      for (let s = 0; s < run.seats.length; s += step) {
        const seat = run.seats[s] ?? 0;
        ctx.lineTo((x[seat] ?? 0) * view.scale + view.x, (y[seat] ?? 0) * view.scale + view.y);
      }
      const last = run.seats.at(-1) ?? 0;
      ctx.lineTo((x[last] ?? 0) * view.scale + view.x + 0.01, (y[last] ?? 0) * view.scale + view.y);
      ctx.strokeStyle = this.theme.muted;
      ctx.lineWidth = Math.max(0.5, pitch * 0.14);
      ctx.stroke();
      if (share === 0) return;
      ctx.strokeStyle = this.theme.categories[run.category]?.fill ?? this.theme.text;
      ctx.lineWidth = Math.max(1, pitch * (0.2 + 0.58 * share));
      ctx.stroke();
    });
  }

  /** From afar one's own seats stay visible at a size of their own. */
  #paintOwn(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView): void {
    const { x, y } = scene.plan.document.seats;
    const side = Math.max(9 * view.ratio, scene.plan.pitch * view.scale);
    for (let seat = 0; seat < scene.states.length; seat++) {
      const state = scene.states[seat] ?? FREE;
      if (state < MINE || scene.plan.areaOf[seat] !== -1) continue;
      const left = (x[seat] ?? 0) * view.scale + view.x - side / 2;
      const top = (y[seat] ?? 0) * view.scale + view.y - side / 2;
      drawLook(ctx, { state, kind: 0, category: 0 }, left, top, side, this.theme);
    }
  }

  #paintSeats(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, shown: Rect, level: Level): void {
    const { plan, states } = scene;
    const { x, y, category, label, row } = plan.document.seats;
    const side = Math.max(3, Math.round(plan.pitch * view.scale * SEAT_SHARE));
    this.#keepSprites(side);
    const half = Math.floor(spriteBox(side) / 2);
    ctx.font = `600 ${Math.round(side * 0.5)}px ${this.theme.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    plan.index.query(shown, (seat) => {
      const state = states[seat] ?? 0;
      const kind = plan.kind[seat] ?? 0;
      const seatCategory = category[seat] ?? 0;
      const centreX = Math.round((x[seat] ?? 0) * view.scale + view.x);
      const centreY = Math.round((y[seat] ?? 0) * view.scale + view.y);
      ctx.drawImage(this.#sprite({ state, kind, category: seatCategory }, side), centreX - half, centreY - half);
      if (level !== 'near' || state !== FREE || kind === WHEELCHAIR) return;
      ctx.fillStyle = this.theme.categories[seatCategory]?.ink ?? this.theme.surface;
      const rowLabel = plan.document.rows[row[seat] ?? -1]?.label;
      ctx.fillText(
        seatNumber(label[seat] ?? '', rowLabel),
        centreX,
        centreY + side * 0.03,
        side * (kind === COMPANION ? 0.5 : 0.88),
      );
    });
  }

  /** A bar under both halves makes two seats one sofa. */
  #paintPairs(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, shown: Rect): void {
    const { plan, states } = scene;
    const { x, y, category } = plan.document.seats;
    ctx.lineCap = 'butt';
    ctx.lineWidth = plan.pitch * view.scale * SEAT_SHARE * 0.5;
    for (const [left, right] of plan.document.pairs) {
      const from = { x: x[left] ?? 0, y: y[left] ?? 0 };
      const to = { x: x[right] ?? 0, y: y[right] ?? 0 };
      const box = {
        x: Math.min(from.x, to.x),
        y: Math.min(from.y, to.y),
        width: Math.abs(to.x - from.x),
        height: Math.abs(to.y - from.y),
      };
      if (!overlaps(grow(box, plan.pitch), shown)) continue;
      const state = states[left] ?? 0;
      const own = state === MINE || state === MINE_BOOKED || state === PENDING;
      const free = this.theme.categories[category[left] ?? 0]?.fill ?? this.theme.text;
      ctx.strokeStyle = own ? this.theme.accent : state === FREE ? free : this.theme.hairline;
      ctx.beginPath();
      ctx.moveTo(from.x * view.scale + view.x, from.y * view.scale + view.y);
      ctx.lineTo(to.x * view.scale + view.x, to.y * view.scale + view.y);
      ctx.stroke();
    }
  }

  #paintAreas(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, shown: Rect): void {
    scene.plan.document.areas.forEach((area, i) => {
      if (!overlaps(area, shown)) return;
      const left = Math.round(area.x * view.scale + view.x);
      const top = Math.round(area.y * view.scale + view.y);
      const width = Math.round(area.width * view.scale);
      const height = Math.round(area.height * view.scale);
      const color = this.theme.categories[area.category]?.fill ?? this.theme.text;
      ctx.beginPath();
      ctx.roundRect(left, top, width, height, Math.min(12 * view.ratio, width / 4, height / 4));
      ctx.globalAlpha = this.theme.forced ? 0 : 0.16;
      ctx.fillStyle = color;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = color;
      ctx.lineWidth = 2 * view.ratio;
      ctx.setLineDash([6 * view.ratio, 4 * view.ratio]);
      ctx.stroke();
      ctx.setLineDash([]);
      const lines = scene.areaText(i);
      const size = this.#fontSizeFor(
        ctx,
        lines,
        width * 0.88,
        Math.min(15 * view.ratio, height / (lines.length * 1.6)),
      );
      if (size < 6 * view.ratio) return;
      ctx.fillStyle = this.theme.text;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      lines.forEach((line, at) => {
        ctx.font = `${at === 0 ? 600 : 400} ${Math.round(size)}px ${this.theme.font}`;
        ctx.fillText(line, left + width / 2, top + height / 2 + (at - (lines.length - 1) / 2) * size * 1.4);
      });
    });
  }

  /** A name too wide for its place waits for a closer look, rather than lie on the next block's seats. */
  #paintRowNames(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView, shown: Rect): void {
    const { rowNames, pitch: unit } = scene.plan;
    const pitch = unit * view.scale;
    const near = grow(shown, 2 * unit);
    const size = Math.min(14 * view.ratio, Math.max(8 * view.ratio, pitch * 0.46));
    ctx.font = `500 ${Math.round(size)}px ${this.theme.font}`;
    ctx.fillStyle = this.theme.text;
    ctx.globalAlpha = 0.75;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    for (const { text, x, y } of rowNames) {
      if (!overlaps(near, { x, y, width: 0, height: 0 })) continue;
      if (text.length > 2 && ctx.measureText(text).width > pitch * 1.2) continue;
      ctx.fillText(text, Math.round(x * view.scale + view.x), Math.round(y * view.scale + view.y));
    }
    ctx.globalAlpha = 1;
  }

  /** Largest sections first; a name that would lie on another one waits for a closer look. */
  #paintSectionNames(ctx: CanvasRenderingContext2D, scene: Scene, view: DeviceView): void {
    const size = Math.round(12 * view.ratio);
    ctx.font = `600 ${size}px ${this.theme.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    const placed: Rect[] = [];
    for (const { name, bounds, seats, nameAt } of scene.plan.sectionsBySize) {
      // A standing area is written on already.
      if (seats === 0) continue;
      const width = ctx.measureText(name).width + size * 1.2;
      if (bounds.width * view.scale < width * 0.7 || bounds.height * view.scale < size * 1.2) continue;
      const middleX = Math.round(nameAt.x * view.scale + view.x);
      const middleY = Math.round(nameAt.y * view.scale + view.y);
      const pill = { x: middleX - width / 2, y: middleY - size * 0.85, width, height: size * 1.7 };
      if (placed.some((other) => overlaps(other, pill))) continue;
      placed.push(pill);
      ctx.beginPath();
      ctx.roundRect(pill.x, pill.y, pill.width, pill.height, pill.height / 2);
      ctx.fillStyle = this.theme.surface;
      ctx.fill();
      ctx.strokeStyle = this.theme.hairline;
      ctx.lineWidth = view.ratio;
      ctx.stroke();
      ctx.fillStyle = this.theme.text;
      ctx.fillText(name, middleX, middleY + size * 0.06);
    }
  }

  #fontSizeFor(ctx: CanvasRenderingContext2D, lines: readonly string[], width: number, most: number): number {
    ctx.font = `600 100px ${this.theme.font}`;
    const widest = Math.max(1, ...lines.map((line) => ctx.measureText(line).width));
    return Math.min(most, (width / widest) * 100);
  }

  /** Sprites are drawn for one size; another zoom starts anew. */
  #keepSprites(side: number): void {
    if (side === this.#spriteSide) return;
    this.#sprites.clear();
    this.#spriteSide = side;
  }

  #sprite(look: Look, side: number): HTMLCanvasElement {
    // Only free seats show category and kind; the others share one sprite a state.
    const key = look.state === FREE ? ((look.category << 2) | look.kind) << 3 : look.state;
    const known = this.#sprites.get(key);
    if (known) return known;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = spriteBox(side);
    const ctx = canvas.getContext('2d');
    const inset = (spriteBox(side) - side) / 2;
    if (ctx) drawLook(ctx, look, inset, inset, side, this.theme);
    this.#sprites.set(key, canvas);
    return canvas;
  }
}

/** Room around the seat for discs and round line ends, which are wider than the seat's square; even when `side` is. */
function spriteBox(side: number): number {
  return side + 2 * Math.ceil(side * 0.12);
}
