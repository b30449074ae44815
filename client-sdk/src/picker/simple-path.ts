/**
 * The line through these points with as few of them as keep every other within `tolerance` of it (Ramer 1972, Douglas
 * and Peucker 1973). A straight row becomes two points, a bent one a handful; strokes cost by the point.
 * @param points in their order along the wider side of their bounds, as a row's seats are: no line comes back to its start.
 * @returns x and y in turns; the first and the last point are always there.
 */
export function simplePath(
  xs: readonly number[],
  ys: readonly number[],
  points: readonly number[],
  tolerance: number,
): number[] {
  const path: number[] = [];
  between(0, points.length - 1);
  return [...path, x(points.length - 1), y(points.length - 1)];

  function x(at: number): number {
    return xs[points[at] ?? 0] ?? 0;
  }
  function y(at: number): number {
    return ys[points[at] ?? 0] ?? 0;
  }
  /** Adds `from`, and what is needed between it and `to`. */
  function between(from: number, to: number): void {
    const dx = x(to) - x(from);
    const dy = y(to) - y(from);
    const length = Math.hypot(dx, dy) || 1;
    let widest = tolerance;
    let bend = 0;
    for (let at = from + 1; at < to; at++) {
      const away = Math.abs((x(at) - x(from)) * dy - (y(at) - y(from)) * dx) / length;
      if (away > widest) [bend, widest] = [at, away];
    }
    if (bend === 0) {
      path.push(x(from), y(from));
      return;
    }
    between(from, bend);
    between(bend, to);
  }
}
