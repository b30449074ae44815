/**
 * Joins the seats of one row to chains of neighbours by nearness. A row may be level, vertical, slanted, bent or a full
 * circle; a table's seats stand in a ring around it or along its sides. Printed numbers play no part.
 */
import { alongOf, cosineAt, distanceOf, nearestOf, orderOf, type Points } from './near-seats.js';
import { ringOfFew } from './small-tables.js';

/**
 * A chain turns by at most 80 degrees at a seat, so that it goes around a table of five (72 degrees) and never from one
 * side of a table to the side that faces it (90 degrees).
 */
const TURN_COSINE_MAX = -0.17;
/** A chain that closes has at least so many seats; smaller tables are known by their shape (`small-tables.ts`). */
const RING_SEATS_MIN = 5;
/** How much longer a step counts that no straight step goes on from: a step across a table beside steps along it. */
const STRAY_FACTOR = 2;

/** The chains of one row: who is next to whom, point by point. */
export interface Chains {
  /** At most two neighbours of each point. */
  readonly links: readonly number[][];
  /** As `links`, and across the aisles of the row: what people call sitting in one row. */
  readonly lineLinks: readonly number[][];
}

interface Step {
  readonly a: number;
  readonly b: number;
  readonly cost: number;
}

/**
 * @param reach the greatest distance of two neighbours.
 * @param lineReach the greatest distance across an aisle.
 * @param pairs points that are neighbours whatever their distance.
 */
export function chainSeats(
  points: Points,
  reach: number,
  lineReach: number,
  pairs: readonly (readonly [number, number])[],
): Chains {
  const chains = new ChainBuilder(points);
  const ring = pairs.length === 0 ? ringOfFew(points, reach) : undefined;
  if (ring !== undefined) {
    for (const [place, point] of ring.entries()) chains.link(point, ring[(place + 1) % ring.length] ?? point);
    return { links: chains.links, lineLinks: chains.links };
  }
  for (const [a, b] of pairs) chains.linkPair(a, b);
  for (const { a, b } of stepsWithin(points, nearestOf(points), reach)) chains.linkIfStraight(a, b, RING_SEATS_MIN);
  const links = chains.links.map((neighbours) => [...neighbours]);
  for (const { a, b } of stepsAcross(points, chains, lineReach)) chains.linkIfStraight(a, b, Infinity);
  return { links, lineLinks: chains.links };
}

/** Points in the order of a row that never turns back, as most rows are; undefined for one that is closer to look at. */
export function plainOrder(points: Points): readonly number[] | undefined {
  const order = orderOf(points);
  for (let place = 2; place < order.length; place++) {
    const [a, at, b] = [order[place - 2] ?? 0, order[place - 1] ?? 0, order[place] ?? 0];
    if (cosineAt(points, at, a, b) > TURN_COSINE_MAX) return undefined;
  }
  return order;
}

/** Whether nobody in the row is within reach but the next on either side, so that `chainInOrder` is all that it takes. */
export function isThin(points: Points, order: readonly number[], reach: number): boolean {
  const along = alongOf(points);
  for (let place = 2; place < order.length; place++) {
    if ((along[order[place] ?? 0] ?? 0) - (along[order[place - 2] ?? 0] ?? 0) <= reach) return false;
  }
  return true;
}

/** As `chainSeats`, of points that are in order already. */
export function chainInOrder(
  points: Points,
  order: readonly number[],
  reach: number,
  lineReach: number,
  pairs: readonly (readonly [number, number])[],
): Chains {
  const mateOf = new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
  const [links, lineLinks]: [number[][], number[][]] = [order.map(() => []), order.map(() => [])];
  for (let place = 1; place < order.length; place++) {
    const [a, b] = [order[place - 1] ?? 0, order[place] ?? 0];
    const distance = distanceOf(points, a, b);
    const isBeside = distance <= reach || mateOf.get(a) === b;
    for (const all of isBeside ? [links, lineLinks] : distance <= lineReach ? [lineLinks] : []) {
      all[a]?.push(b);
      all[b]?.push(a);
    }
  }
  return { links, lineLinks };
}

class ChainBuilder {
  readonly links: number[][];
  readonly #points: Points;
  /** Union by root: the chain that each point is in, and how many points that has. */
  readonly #parent: Int32Array;
  readonly #size: Int32Array;

  constructor(points: Points) {
    this.#points = points;
    this.links = Array.from(points.x, () => []);
    this.#parent = Int32Array.from(points.x.keys());
    this.#size = new Int32Array(points.x.length).fill(1);
  }

  /** Links the two, whatever else they are linked to. */
  link(a: number, b: number): void {
    this.links[a]?.push(b);
    this.links[b]?.push(a);
    const [root, other] = [this.chainOf(a), this.chainOf(b)];
    if (root === other) return;
    this.#parent[other] = root;
    this.#size[root] = (this.#size[root] ?? 0) + (this.#size[other] ?? 0);
  }

  /** Links the halves of a pair, unless another seat stands between them or seats on top of each other make a knot. */
  linkPair(a: number, b: number): void {
    const isFree = (point: number) => (this.links[point]?.length ?? 0) < 2;
    if (!isFree(a) || !isFree(b) || this.chainOf(a) === this.chainOf(b)) return;
    const apart = distanceOf(this.#points, a, b);
    for (let third = 0; third < this.links.length; third++) {
      if (Math.max(distanceOf(this.#points, third, a), distanceOf(this.#points, third, b)) < apart) return;
    }
    this.link(a, b);
  }

  /** Links the two unless one has its two neighbours, would have both on one side, or a ring of too few would close. */
  linkIfStraight(a: number, b: number, ringMin: number): void {
    if (!this.#goesOn(a, b) || !this.#goesOn(b, a)) return;
    const chain = this.chainOf(a);
    if (chain === this.chainOf(b) && (this.#size[chain] ?? 0) < ringMin) return;
    this.link(a, b);
  }

  chainOf(point: number): number {
    let root = point;
    for (let up = this.#parent[root] ?? root; up !== root; up = this.#parent[root] ?? root) {
      this.#parent[root] = this.#parent[up] ?? up;
      root = up;
    }
    return root;
  }

  #goesOn(from: number, to: number): boolean {
    const known = this.links[from] ?? [];
    const [only] = known;
    if (only === undefined) return true;
    return known.length === 1 && only !== to && cosineAt(this.#points, from, only, to) <= TURN_COSINE_MAX;
  }
}

/** The steps between near points, the shortest first; one that a straight step goes on from counts as shorter. */
function stepsWithin(points: Points, nearest: readonly (readonly number[])[], reach: number): Step[] {
  const near = nearest.map((others, point) => others.filter((other) => distanceOf(points, point, other) <= reach));
  const steps: Step[] = [];
  for (const [a, others] of near.entries()) {
    for (const b of others) {
      // A step that both ends know is made once.
      if (b < a && near[b]?.includes(a) === true) continue;
      const bend = Math.min(bendAt(points, near, a, b), bendAt(points, near, b, a));
      steps.push({ a, b, cost: distanceOf(points, a, b) * (1 + bend) });
    }
  }
  return steps.sort(byCost);
}

/** How sharply the straightest step that goes on at `b` turns: 0 where straight, 1 where there is none. */
function bendAt(points: Points, near: readonly (readonly number[])[], a: number, b: number): number {
  let straightest = Infinity;
  for (const c of near[b] ?? []) if (c !== a) straightest = Math.min(straightest, cosineAt(points, b, a, c));
  return straightest <= TURN_COSINE_MAX ? 1 + straightest : STRAY_FACTOR - 1;
}

/** The steps between the ends of different chains. */
function stepsAcross(points: Points, chains: ChainBuilder, reach: number): Step[] {
  const ends = chains.links.flatMap((neighbours, point) => (neighbours.length < 2 ? [point] : []));
  const steps: Step[] = [];
  for (const [place, a] of ends.entries()) {
    for (const b of ends.slice(place + 1)) {
      const distance = distanceOf(points, a, b);
      if (distance > reach || chains.chainOf(a) === chains.chainOf(b)) continue;
      const bend = (end: number, other: number) => {
        const [inner] = chains.links[end] ?? [];
        return inner === undefined ? 0 : 1 + cosineAt(points, end, inner, other);
      };
      steps.push({ a, b, cost: distance * (1 + bend(a, b) + bend(b, a)) });
    }
  }
  return steps.sort(byCost);
}

function byCost(p: Step, q: Step): number {
  return p.cost - q.cost || p.a - q.a || p.b - q.b;
}
