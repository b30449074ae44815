/** Where the plan lies on the canvas, in device pixels; x and y are whole, so that a blit by their difference is exact. */
export interface DeviceView {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}
