import { arrangeRows } from './geometry/arrange-rows.js';
import { buildSeatGrid } from './geometry/seat-grid.js';
import { invariant } from './invariant.js';
import { KEPT_WHOLE, NONE, type SeatMap, type SeatMapData } from './seat-map.js';

/**
 * Derives from a plan what the house needs to answer in O(seats of the command). Adjacency comes from positions, never
 * from printed numbers. Throws an InvariantError where the plan contradicts itself (unequal columns, a label twice, a
 * pair whose halves are not side by side): `importPlan` lets no such plan through.
 */
export function compileSeatMap(data: SeatMapData): SeatMap {
  checkColumns(data);
  const count = data.seats.label.length;
  const pairOf = pairColumn(data, count);
  const tableOf = tableColumn(data, count);
  const { blocks, closed, lines, pitch } = arrangeRows(data, pairOf);
  const adjacency = linkBlocks(blocks, closed, count);
  for (const [left, right] of data.pairs) invariant(adjacency.right[left] === right, 'a pair is not side by side');
  const areaOf = new Int32Array(count).fill(NONE);
  data.areas.forEach((area, index) => void areaOf.fill(index, area.first, area.first + area.count));
  const roles = rolesOf(data, pairOf, tableOf, areaOf, count);
  const focal = focalOrders(data, blocks, areaOf, count);
  return {
    data,
    count,
    indexOf: indexLabels(data),
    blocks,
    isRing: closed,
    ...adjacency,
    pairOf,
    tableOf,
    ...roles,
    zoneOf: zoneColumn(data, areaOf, count),
    categoryOf: Int32Array.from(data.seats.category),
    categoryIndex: indexNames(data.categories),
    zoneIndex: indexNames(data.zones),
    areaOf,
    ...focal,
    ...joinLines(blocks, lines, focal.blockFocal),
    categoryOfBlock: categoryOfBlocks(data, blocks),
    pitch,
    selection: { mark: new Uint32Array(count), stamp: 0 },
    grid: buildSeatGrid(data, focal.seatsByFocal, pitch),
  };
}

function checkColumns({ seats, rows, zones, categories, areas }: SeatMapData): void {
  const count = seats.label.length;
  for (const column of [seats.x, seats.y, seats.category, seats.row]) {
    invariant(column.length === count, 'columns of unequal length');
  }
  const standing = areas.reduce((sum, area) => sum + area.count, 0);
  let seated = 0;
  for (const row of seats.row) {
    invariant(row >= NONE && row < rows.length, 'a seat in no row');
    if (row !== NONE) seated++;
  }
  invariant(seated + standing === count, 'a seat without a row or area');
  for (const category of seats.category) invariant(category >= 0 && category < categories.length, 'no such category');
  for (const { zone } of [...rows, ...areas]) invariant(zone >= 0 && zone < zones.length, 'no such zone');
}

function indexLabels(data: SeatMapData): ReadonlyMap<string, number> {
  const indexOf = new Map<string, number>();
  data.seats.label.forEach((label, seat) => void indexOf.set(label, seat));
  invariant(indexOf.size === data.seats.label.length, 'a label is used twice');
  return indexOf;
}

function indexNames(entries: readonly { readonly name: string }[]): ReadonlyMap<string, number> {
  return new Map(entries.map(({ name }, index) => [name, index]));
}

function pairColumn(data: SeatMapData, count: number): Int32Array {
  const pairOf = new Int32Array(count).fill(NONE);
  for (const [left, right] of data.pairs) {
    invariant(pairOf[left] === NONE && pairOf[right] === NONE && left !== right, 'a seat in two pairs');
    pairOf[left] = right;
    pairOf[right] = left;
  }
  return pairOf;
}

function tableColumn({ tables = [], seats, pairs, wheelchair, companions }: SeatMapData, count: number): Int32Array {
  const tableOf = new Int32Array(count).fill(NONE);
  const special = new Set([...pairs.flat(), ...wheelchair, ...companions.flat()]);
  for (const [table, members] of tables.entries()) {
    invariant(members.length > 1, 'a table of fewer than two seats');
    for (const seat of members) {
      invariant(tableOf[seat] === NONE && seats.row[seat] !== NONE && !special.has(seat), 'a seat of two kinds');
      tableOf[seat] = table;
    }
  }
  return tableOf;
}

function linkBlocks(blocks: readonly Int32Array[], closed: Uint8Array, count: number) {
  const column = () => new Int32Array(count).fill(NONE);
  const [left, right, blockOf, placeInBlock] = [column(), column(), column(), column()];
  blocks.forEach((block, index) => {
    block.forEach((seat, place) => {
      blockOf[seat] = index;
      placeInBlock[seat] = place;
      left[seat] = block[place - 1] ?? NONE;
      right[seat] = block[place + 1] ?? NONE;
    });
    const [first, last] = [block[0], block.at(-1)];
    if (closed[index] !== 1 || first === undefined || last === undefined) return;
    left[first] = last;
    right[last] = first;
  });
  return { left, right, blockOf, placeInBlock };
}

function rolesOf(data: SeatMapData, pairOf: Int32Array, tableOf: Int32Array, areaOf: Int32Array, count: number) {
  const isWheelchair = new Uint8Array(count);
  for (const seat of data.wheelchair) isWheelchair[seat] = 1;
  const wheelchairOf = new Int32Array(count).fill(NONE);
  const companionsOf = new Map<number, number[]>();
  for (const [companion, wheelchair] of data.companions) {
    invariant(isWheelchair[wheelchair] === 1 && wheelchairOf[companion] === NONE, 'a companion of no wheelchair space');
    wheelchairOf[companion] = wheelchair;
    const companions = companionsOf.get(wheelchair);
    if (companions === undefined) companionsOf.set(wheelchair, [companion]);
    else companions.push(companion);
  }
  const isOrdinary = new Uint8Array(count);
  const isKept = new Uint8Array(count);
  for (let seat = 0; seat < count; seat++) {
    if (tableOf[seat] !== NONE) isKept[seat] = KEPT_WHOLE;
    else isKept[seat] = isWheelchair[seat] === 1 || wheelchairOf[seat] !== NONE ? 1 : 0;
    isOrdinary[seat] = isKept[seat] !== 0 || pairOf[seat] !== NONE || areaOf[seat] !== NONE ? 0 : 1;
  }
  return { isWheelchair, wheelchairOf, companionsOf, isOrdinary, isKept };
}

function categoryOfBlocks({ seats }: SeatMapData, blocks: readonly Int32Array[]): Int32Array {
  return Int32Array.from(blocks, (block) => {
    const category = seats.category[block[0] ?? NONE] ?? NONE;
    return block.every((seat) => seats.category[seat] === category) ? category : NONE;
  });
}

function zoneColumn(data: SeatMapData, areaOf: Int32Array, count: number): Int32Array {
  const zoneOf = new Int32Array(count);
  for (let seat = 0; seat < count; seat++) {
    const row = data.rows[data.seats.row[seat] ?? NONE];
    zoneOf[seat] = row?.zone ?? data.areas[areaOf[seat] ?? NONE]?.zone ?? NONE;
  }
  return zoneOf;
}

function focalOrders(data: SeatMapData, blocks: readonly Int32Array[], areaOf: Int32Array, count: number) {
  const focalDistance = new Float64Array(count);
  for (let seat = 0; seat < count; seat++) {
    const dx = (data.seats.x[seat] ?? 0) - data.focalPoint.x;
    const dy = (data.seats.y[seat] ?? 0) - data.focalPoint.y;
    focalDistance[seat] = dx * dx + dy * dy;
  }
  const distance = (seat: number) => focalDistance[seat] ?? 0;
  const blockFocal = Float64Array.from(blocks, (block) => block.reduce((a, b) => Math.min(a, distance(b)), Infinity));
  const blocksByFocal = Int32Array.from(blocks, (_, index) => index);
  blocksByFocal.sort((a, b) => (blockFocal[a] ?? 0) - (blockFocal[b] ?? 0) || a - b);
  const seatsByFocal = new Int32Array(count).map((_, seat) => seat).filter((seat) => areaOf[seat] === NONE);
  seatsByFocal.sort((a, b) => distance(a) - distance(b) || a - b);
  const focalRank = new Int32Array(count).fill(NONE);
  for (const [rank, seat] of seatsByFocal.entries()) focalRank[seat] = rank;
  const wheelchairsByFocal = [...data.wheelchair].sort((a, b) => distance(a) - distance(b) || a - b);
  const areasByFocal = data.areas.map((_, index) => index);
  const areaDistance = (index: number) => distance(data.areas[index]?.first ?? 0);
  areasByFocal.sort((a, b) => areaDistance(a) - areaDistance(b) || a - b);
  return { focalDistance, blockFocal, blocksByFocal, seatsByFocal, wheelchairsByFocal, focalRank, areasByFocal };
}

/** Lines are given as blocks; here are their seats, and the places among these at which another block begins. */
function joinLines(
  blocks: readonly Int32Array[],
  blocksOfLine: readonly (readonly number[])[],
  blockFocal: Float64Array,
) {
  const lineOfBlock = new Int32Array(blocks.length).fill(NONE);
  const lineFocal = new Float64Array(blocksOfLine.length).fill(Infinity);
  const lines: Int32Array[] = [];
  const aislesOfLine: number[][] = [];
  blocksOfLine.forEach((members, line) => {
    const seats: number[] = [];
    const aisles: number[] = [];
    for (const block of members) {
      if (seats.length > 0) aisles.push(seats.length);
      for (const seat of blocks[block] ?? []) seats.push(seat);
      lineOfBlock[block] = line;
      lineFocal[line] = Math.min(lineFocal[line] ?? Infinity, blockFocal[block] ?? Infinity);
    }
    lines.push(Int32Array.from(seats));
    aislesOfLine.push(aisles);
  });
  const linesWithAisles = [...lines.keys()].filter((line) => (aislesOfLine[line]?.length ?? 0) > 0);
  return { lines, lineOfBlock, aislesOfLine, linesWithAisles, lineFocal };
}
