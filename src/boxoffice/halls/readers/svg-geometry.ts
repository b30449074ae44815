import svgpath from 'svgpath';
import type { Point } from '../../../core/import/read-value.js';

/** `[a b c d e f]` as SVG writes it: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number];
export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** First `inner`, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [g, h, i, j, k, l] = inner;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

export function transformed([a, b, c, d, e, f]: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** The attribute `transform`; undefined where it is not one, and browsers then go on without it. */
export function readTransform(text: string): Matrix | undefined {
  let matrix = IDENTITY;
  const rest = text.replace(/([a-z]+)\s*\(([^()]*)\)\s*,?/gi, (_, name: string, args: string) => {
    const numbers = numbersOf(args);
    const step = stepOf(name.toLowerCase(), numbers);
    matrix = step === undefined ? [Number.NaN, 0, 0, 0, 0, 0] : multiply(matrix, step);
    return '';
  });
  return rest.trim() === '' && matrix.every(Number.isFinite) ? matrix : undefined;
}

function stepOf(name: string, [a = 0, b, c, d, e, f]: readonly number[]): Matrix | undefined {
  const radians = (a * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  switch (name) {
    case 'matrix':
      return f === undefined ? undefined : [a, b ?? 0, c ?? 0, d ?? 0, e ?? 0, f];
    case 'translate':
      return [1, 0, 0, 1, a, b ?? 0];
    case 'scale':
      return [a, 0, 0, b ?? a, 0, 0];
    case 'rotate': {
      const [x, y] = [b ?? 0, c ?? 0];
      return [cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos];
    }
    case 'skewx':
      return [1, 0, Math.tan(radians), 1, 0, 0];
    case 'skewy':
      return [1, Math.tan(radians), 0, 1, 0, 0];
    default:
      return undefined;
  }
}

type Known = 'id' | 'class' | 'style' | 'display' | 'fill' | 'transform' | 'href' | 'x' | 'y' | 'points' | 'd';
export type Attributes = { readonly [Name in Known]?: string } & { readonly [name: string]: string | undefined };

/** The middle of the box around a shape, before its transforms: as browsers have it from `getBBox`. Undefined: no shape. */
export function middleOf(name: string, attributes: Attributes): Point | undefined {
  const number = (key: string) => Number.parseFloat(attributes[key] ?? '0') || 0;
  switch (name) {
    case 'circle':
    case 'ellipse':
      return { x: number('cx'), y: number('cy') };
    case 'rect':
      return { x: number('x') + number('width') / 2, y: number('y') + number('height') / 2 };
    case 'line':
      return { x: (number('x1') + number('x2')) / 2, y: (number('y1') + number('y2')) / 2 };
    case 'polygon':
    case 'polyline': {
      const box = new Box();
      const numbers = numbersOf(attributes.points ?? '');
      for (let i = 0; i + 1 < numbers.length; i += 2) box.add(numbers[i] ?? 0, numbers[i + 1] ?? 0);
      return box.middle;
    }
    case 'path':
      return middleOfPath(attributes.d ?? '');
    default:
      return undefined;
  }
}

function middleOfPath(d: string): Point | undefined {
  const box = new Box();
  try {
    svgpath(d)
      .abs()
      .unarc()
      .unshort()
      .iterate((segment, _, x, y) => {
        const [name, ...given] = segment as [string, ...number[]];
        if (name === 'H') box.add(given[0] ?? x, y);
        else if (name === 'V') box.add(x, given[0] ?? y);
        else if (name === 'M' || name === 'L') box.add(given[0] ?? x, given[1] ?? y);
        else if (name === 'C' || name === 'Q') box.addCurve([x, y, ...given]);
      });
  } catch {
    return undefined;
  }
  return box.middle;
}

class Box {
  #left = Infinity;
  #top = Infinity;
  #right = -Infinity;
  #bottom = -Infinity;

  add(x: number, y: number): void {
    this.#left = Math.min(this.#left, x);
    this.#right = Math.max(this.#right, x);
    this.#top = Math.min(this.#top, y);
    this.#bottom = Math.max(this.#bottom, y);
  }

  /** Its ends and where it turns. Control points alone would make the box too large. */
  addCurve(numbers: readonly number[]): void {
    const xs = numbers.filter((_, i) => i % 2 === 0);
    const ys = numbers.filter((_, i) => i % 2 === 1);
    for (const t of [0, 1, ...turnsOf(xs), ...turnsOf(ys)]) this.add(pointOn(xs, t), pointOn(ys, t));
  }

  get middle(): Point | undefined {
    const middle = { x: (this.#left + this.#right) / 2, y: (this.#top + this.#bottom) / 2 };
    return Number.isFinite(middle.x) && Number.isFinite(middle.y) ? middle : undefined;
  }
}

/** De Casteljau's. */
function pointOn(points: readonly number[], t: number): number {
  let level = points;
  while (level.length > 1) level = level.slice(1).map((next, i) => (level[i] ?? 0) * (1 - t) + next * t);
  return level[0] ?? 0;
}

/** Where the derivative of a quadratic or cubic curve is 0, between its ends. */
function turnsOf([p0 = 0, p1 = 0, p2 = 0, p3]: readonly number[]): number[] {
  const inside = (t: number) => t > 0 && t < 1;
  if (p3 === undefined) return [(p0 - p1) / (p0 - 2 * p1 + p2)].filter(inside);
  const [a, b, c] = [-p0 + 3 * p1 - 3 * p2 + p3, 2 * (p0 - 2 * p1 + p2), p1 - p0];
  if (Math.abs(a) < 1e-12) return [-c / b].filter(inside);
  const root = Math.sqrt(b * b - 4 * a * c);
  return [(-b + root) / (2 * a), (-b - root) / (2 * a)].filter(inside);
}

function numbersOf(text: string): number[] {
  return (text.match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/gi) ?? []).map(Number);
}
