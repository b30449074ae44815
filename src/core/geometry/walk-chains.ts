import type { Chains } from './chain-seats.js';
import type { Points } from './near-seats.js';

/** A line whose ends lie so much more above each other than beside each other runs from the top down. */
const VERTICAL_TANGENT = 100;

export interface Line {
  /** Seats in seating order, a list for each block. */
  readonly blocks: readonly (readonly number[])[];
  /** The one block of the line is a ring. */
  readonly closed: boolean;
}

/** The lines of a row in the order of their first points, each with its blocks from left to right. */
export function walkChains(points: Points, { links, lineLinks }: Chains): Line[] {
  const visited = new Uint8Array(points.x.length);
  const lines: Line[] = [];
  for (let point = 0; point < visited.length; point++) {
    if (visited[point] === 1) continue;
    const order = walk(lineLinks, endOf(lineLinks, point));
    for (const at of order) visited[at] = 1;
    const closed = order.length > 2 && lineLinks[order[0] ?? 0]?.includes(order.at(-1) ?? 0) === true;
    if (!closed && runsBackwards(points, order)) order.reverse();
    lines.push({ blocks: blocksOf(points, links, order), closed });
  }
  return lines;
}

/** An end of the line that the point is in; of a ring the point itself. */
function endOf(links: Chains['links'], point: number): number {
  let [before, at] = [point, point];
  while ((links[at] ?? []).length === 2) {
    const [one, other] = links[at] ?? [];
    const next: number = (one === before ? other : one) ?? at;
    if (next === point) return point;
    [before, at] = [at, next];
  }
  return at;
}

/** From one end to the other; around a ring from the given point towards its lower neighbour. */
function walk(links: Chains['links'], from: number): number[] {
  const order = [from];
  let before = from;
  let at = Math.min(...(links[from] ?? []));
  while (at !== from && at !== Infinity) {
    order.push(at);
    const next = (links[at] ?? []).find((other) => other !== before);
    [before, at] = [at, next ?? Infinity];
  }
  return order;
}

function runsBackwards({ x, y }: Points, order: readonly number[]): boolean {
  const [first, last] = [order[0] ?? 0, order.at(-1) ?? 0];
  const [dx, dy] = [(x[last] ?? 0) - (x[first] ?? 0), (y[last] ?? 0) - (y[first] ?? 0)];
  return VERTICAL_TANGENT * Math.abs(dx) <= Math.abs(dy) ? dy < 0 : dx < 0;
}

function blocksOf(points: Points, links: Chains['links'], order: readonly number[]): number[][] {
  const blocks: number[][] = [];
  for (const [place, point] of order.entries()) {
    const before = order[place - 1];
    const block = before !== undefined && links[before]?.includes(point) === true ? blocks.at(-1) : undefined;
    if (block === undefined) blocks.push([...(points.seats[point] ?? [])]);
    else block.push(...(points.seats[point] ?? []));
  }
  return blocks;
}
