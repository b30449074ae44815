import type { DeviceView } from './device-view.js';
import type { Plan } from './plan.js';
import type { Rect } from './spatial-index.js';
import type { Theme } from './theme.js';

/** What there is to paint. The columns are read live. */
export interface Scene {
  readonly plan: Plan;
  /** A look state by seat, see seat-look.ts. */
  readonly states: Uint8Array;
  readonly freeInRun: Int32Array;
  /** All that may be one's own or on its way to it, by its state: seen from afar too. */
  readonly own: Iterable<number>;
  /** Lines of text in the middle of each standing area. */
  areaText(area: number): readonly string[];
}

/** One painting, and what it is of. */
export interface Pass {
  readonly ctx: CanvasRenderingContext2D;
  readonly scene: Scene;
  readonly view: DeviceView;
  readonly theme: Theme;
  /** What is painted anew, in whole device pixels; all else is clipped away. They may overlap. */
  readonly clips: readonly Rect[];
  /** The same in plan units. */
  readonly parts: readonly Rect[];
  /** Whether anything of a rectangle of the plan is painted. */
  shows(rect: Rect): boolean;
}
