/** Where the plan lies on the canvas, in device pixels; x and y are whole, so that a blit by their difference is exact. */
export interface DeviceView {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

/** From plan units to device pixels; a seat that does not exist stands at the origin. */
export function deviceX(view: DeviceView, x = 0): number {
  return x * view.scale + view.x;
}

export function deviceY(view: DeviceView, y = 0): number {
  return y * view.scale + view.y;
}
