/** The map on the screen: which part of the plan is seen, what lies under a finger, and where the focus ring sits. */
import { dirtyRects } from './dirty-rects.js';
import { followGestures } from './gestures.js';
import type { HouseView } from './house-view.js';
import { levelOf, Painter } from './painter.js';
import { Renderer } from './renderer.js';
import { FREE, MINE } from './seat-look.js';
import type { Rect } from './spatial-index.js';
import type { Theme } from './theme.js';
import {
  between,
  fit,
  keepInside,
  type Point,
  panBy,
  reveal,
  type Size,
  toPlan,
  toScreen,
  type Viewport,
  zoomTo,
} from './viewport.js';

export interface MapParts {
  /** Holds the others and gives the size. */
  readonly view: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly ring: HTMLElement;
  readonly hint: HTMLElement;
}

export interface MapEvents {
  seat(seat: number): void;
  area(area: number): void;
  /** Whether the map can still be zoomed either way. */
  zoomable(closer: boolean, further: boolean): void;
  hintFor(seat: number): string;
  /** A frame begins: the last moment to say what else is to be painted in it. */
  frame(): unknown;
}

export type Spot = { readonly kind: 'seat'; readonly seat: number } | { readonly kind: 'area'; readonly area: number };

/** A finger needs 44 CSS pixels (WCAG 2.5.5). Where seats are closer together, a tap zooms in instead of guessing. */
const TOUCH_PITCH_PX = 44;
const MOUSE_PITCH_MIN_PX = 9;
/** To this pitch a click on too small a seat zooms, and the keyboard's focus at least. */
const COMFORT_PITCH_PX = 26;
const PITCH_MAX_PX = 72;
const FIT_PITCH_MAX_PX = 40;
const ANIMATION_MS = 220;
/** How far from the border a spot is that the map moved to. */
const REVEALED_PX = 56;

export class MapView {
  readonly #parts: MapParts;
  readonly #house: HouseView;
  readonly #events: MapEvents;
  #view: Viewport = { scale: 1, x: 0, y: 0 };
  #size: Size = { width: 0, height: 0 };
  readonly #renderer: Renderer;
  readonly #stopGestures: () => void;
  #animation = 0;
  #ringed: Spot | undefined;
  /** Until the user moves the map it stays fitted through every resize. */
  #fitted = true;

  constructor(parts: MapParts, house: HouseView, theme: Theme, events: MapEvents) {
    this.#parts = parts;
    this.#house = house;
    this.#events = events;
    this.#renderer = new Renderer(parts.canvas, new Painter(theme), house, () => events.frame());
    this.#stopGestures = followGestures(parts.canvas, {
      pan: (dx, dy) => this.#pan(dx, dy),
      zoom: (factor, anchor) => this.#zoom(factor, anchor),
      tap: (point, pointer) => this.#tap(point, pointer),
      hover: (point) => this.#hover(point),
    });
    this.resize();
  }

  stop(): void {
    this.#stopGestures();
    this.#renderer.stop();
    cancelAnimationFrame(this.#animation);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#parts.view;
    const before = this.#size;
    this.#size = { width, height };
    this.#renderer.resize(this.#size, globalThis.devicePixelRatio || 1);
    // Where only the height changed a notice came or went: the seats stay under the finger.
    const dy = width === before.width ? 0 : (height - before.height) / 2;
    this.#set(this.#fitted ? this.#fitView() : panBy(this.#view, (width - before.width) / 2, dy));
    // The new size has emptied the canvas, and another frame would show it so.
    this.#renderer.paintNow();
  }

  setTheme(theme: Theme): void {
    this.#renderer.setPainter(new Painter(theme));
  }

  /** Repaints all that these seats show on. */
  repaint(seats: readonly number[]): void {
    const far = levelOf(this.#pitchPx()) === 'far';
    for (const rect of dirtyRects(this.#house.plan, seats, far, this.#view.scale)) this.#renderer.invalidateRect(rect);
  }

  requestFrame(): void {
    this.#renderer.requestFrame();
  }

  repaintAll(): void {
    this.#renderer.invalidate();
  }

  fitAll(): void {
    this.#fitted = true;
    this.#moveTo(this.#fitView());
  }

  zoomBy(factor: number): void {
    const { index, bounds } = this.#house.plan;
    const middle = { x: this.#size.width / 2, y: this.#size.height / 2 };
    const at = toPlan(this.#view, middle);
    const to = zoomTo(this.#view, this.#bounded(this.#view.scale * factor), middle);
    const seat = index.nearest(at.x, at.y, bounds.width + bounds.height);
    this.#fitted = false;
    // The middle may be an aisle, a stage or a standing area: coming closer must not end in an empty picture.
    const seen = factor < 1 || seat < 0;
    this.#moveTo(seen ? to : reveal(to, this.#centreOf({ kind: 'seat', seat }), this.#size, REVEALED_PX));
  }

  showRect(rect: Rect): void {
    this.#fitted = false;
    this.#moveTo(fit(rect, this.#size, PITCH_MAX_PX / this.#house.plan.pitch));
  }

  /** Brings a spot into view, close enough to be told from its neighbours. */
  reveal(spot: Spot): void {
    const centre = this.#centreOf(spot);
    const wanted = COMFORT_PITCH_PX / this.#house.plan.pitch;
    const near = spot.kind === 'seat' && this.#view.scale < wanted ? this.#zoomAround(centre, wanted) : this.#view;
    const target = reveal(near, centre, this.#size, REVEALED_PX);
    if (target.scale === this.#view.scale && target.x === this.#view.x && target.y === this.#view.y) return;
    this.#fitted = false;
    this.#moveTo(target);
  }

  /** The middle of a spot in CSS pixels of the browser's viewport. */
  pointOf(spot: Spot): Point {
    const box = this.#parts.view.getBoundingClientRect();
    const at = toScreen(this.#view, this.#centreOf(spot));
    return { x: box.left + at.x, y: box.top + at.y };
  }

  /** Puts the focus ring and the hint on a spot, or takes them away. */
  ring(spot: Spot | undefined): void {
    this.#ringed = spot;
    this.#placeRing();
  }

  #placeRing(): void {
    const { ring } = this.#parts;
    const spot = this.#ringed;
    ring.hidden = spot === undefined;
    if (!spot) {
      this.#hideHint();
      return;
    }
    const centre = toScreen(this.#view, this.#centreOf(spot));
    const area = spot.kind === 'area' ? this.#house.plan.document.areas[spot.area] : undefined;
    const side = Math.max(18, this.#pitchPx() + 4);
    const width = area ? area.width * this.#view.scale + 8 : side;
    const height = area ? area.height * this.#view.scale + 8 : side;
    ring.style.width = `${width}px`;
    ring.style.height = `${height}px`;
    ring.style.transform = `translate(${centre.x - width / 2}px, ${centre.y - height / 2}px)`;
    if (spot.kind === 'seat') this.showHint(spot.seat);
    else this.#hideHint();
  }

  /** Shows what a seat is, beside it. */
  showHint(seat: number): void {
    const { hint } = this.#parts;
    const at = toScreen(this.#view, this.#centreOf({ kind: 'seat', seat }));
    const text = this.#events.hintFor(seat);
    if (hint.textContent !== text) hint.textContent = text;
    hint.hidden = false;
    const half = hint.offsetWidth / 2;
    const left = Math.min(Math.max(at.x, half + 4), this.#size.width - half - 4);
    const gap = Math.max(12, this.#pitchPx() / 2 + 6);
    const above = at.y - gap - hint.offsetHeight;
    hint.style.transform = `translate(${left - half}px, ${above > 0 ? above : at.y + gap}px)`;
  }

  #hideHint(): void {
    this.#parts.hint.hidden = true;
  }

  #hover(point: Point | undefined): void {
    const spot = point && this.#spotAt(point);
    const { canvas } = this.#parts;
    const takeable = spot?.kind === 'area' || (spot && [FREE, MINE].includes(this.#house.states[spot.seat] ?? -1));
    canvas.style.cursor = takeable ? 'pointer' : '';
    if (spot?.kind === 'seat' && this.#pitchPx() >= MOUSE_PITCH_MIN_PX) this.showHint(spot.seat);
    else if (this.#ringed?.kind === 'seat') this.showHint(this.#ringed.seat);
    else this.#hideHint();
  }

  #tap(point: Point, pointer: 'fine' | 'coarse'): void {
    const spot = this.#spotAt(point);
    if (spot?.kind === 'area') {
      this.#events.area(spot.area);
      return;
    }
    const needed = pointer === 'coarse' ? TOUCH_PITCH_PX : MOUSE_PITCH_MIN_PX;
    // Half a pixel of grace: a zoom to exactly what is needed must be enough.
    if (this.#pitchPx() < needed - 0.5) {
      const to = pointer === 'coarse' ? TOUCH_PITCH_PX : COMFORT_PITCH_PX;
      this.#fitted = false;
      this.#moveTo(zoomTo(this.#view, to / this.#house.plan.pitch, point));
    } else if (spot) this.#events.seat(spot.seat);
  }

  #spotAt(point: Point): Spot | undefined {
    const { plan } = this.#house;
    const at = toPlan(this.#view, point);
    const seat = plan.index.nearest(at.x, at.y, plan.pitch * 0.6);
    if (seat >= 0) return { kind: 'seat', seat };
    const area = plan.document.areas.findIndex(
      ({ x, y, width, height }) => at.x >= x && at.y >= y && at.x <= x + width && at.y <= y + height,
    );
    return area < 0 ? undefined : { kind: 'area', area };
  }

  #centreOf(spot: Spot): Point {
    const { document, areaOf } = this.#house.plan;
    const area = document.areas[spot.kind === 'area' ? spot.area : (areaOf[spot.seat] ?? -1)];
    if (area) return { x: area.x + area.width / 2, y: area.y + area.height / 2 };
    const seat = spot.kind === 'seat' ? spot.seat : -1;
    return { x: document.seats.x[seat] ?? 0, y: document.seats.y[seat] ?? 0 };
  }

  #pan(dx: number, dy: number): boolean {
    const before = this.#view;
    this.#set(panBy(before, dx, dy));
    const moved = this.#view.x !== before.x || this.#view.y !== before.y;
    if (moved) this.#fitted = false;
    return moved;
  }

  #zoom(factor: number, anchor: Point): void {
    this.#fitted = false;
    this.#set(zoomTo(this.#view, this.#bounded(this.#view.scale * factor), anchor));
  }

  #zoomAround(centre: Point, scale: number): Viewport {
    return { scale, x: this.#size.width / 2 - centre.x * scale, y: this.#size.height / 2 - centre.y * scale };
  }

  #pitchPx(): number {
    return this.#house.plan.pitch * this.#view.scale;
  }

  #fitView(): Viewport {
    return fit(this.#house.plan.bounds, this.#size, FIT_PITCH_MAX_PX / this.#house.plan.pitch);
  }

  #bounded(scale: number): number {
    const max = PITCH_MAX_PX / this.#house.plan.pitch;
    return Math.min(max, Math.max(Math.min(this.#fitView().scale, max), scale));
  }

  #moveTo(wanted: Viewport): void {
    cancelAnimationFrame(this.#animation);
    const from = this.#view;
    const to = keepInside(wanted, this.#house.plan.bounds, this.#size);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches || from.scale <= 0) {
      this.#set(to);
      return;
    }
    const started = performance.now();
    const step = () => {
      const t = Math.min(1, (performance.now() - started) / ANIMATION_MS);
      this.#apply(t === 1 ? to : between(from, to, this.#size, 1 - (1 - t) ** 3));
      if (t < 1) this.#animation = requestAnimationFrame(step);
    };
    step();
  }

  #set(view: Viewport): void {
    cancelAnimationFrame(this.#animation);
    this.#apply(keepInside(view, this.#house.plan.bounds, this.#size));
  }

  #apply(view: Viewport): void {
    this.#view = view;
    // While the whole house is in view one finger scrolls the page, as it does anywhere else on it.
    const further = view.scale > this.#fitView().scale * 1.001;
    this.#parts.canvas.style.touchAction = further ? 'none' : 'pan-y';
    this.#events.zoomable(view.scale * 1.001 < PITCH_MAX_PX / this.#house.plan.pitch, further);
    this.#renderer.show(view);
    this.#placeRing();
  }
}
