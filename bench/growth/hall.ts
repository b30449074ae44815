import type { SeatMapData } from '../../src/core/seat-map.js';

const PITCH = 30;
const ROW_DEPTH = 40;
const BLOCK_SEATS = 16;
const ROW_SEATS = 4 * BLOCK_SEATS;
const ZONE_ROWS = 25;
const ZONE_SEATS = ZONE_ROWS * ROW_SEATS;
const ZONE_WIDTH = (ROW_SEATS + 8) * PITCH;
const ZONE_DEPTH = (ZONE_ROWS + 3) * ROW_DEPTH;

/**
 * A hall of so many seats with all that a search has to mind: aisles, zones, two categories, and in every fifth row
 * wheelchair spaces with companion seats at one end and sofas at the other. The same pattern at every size.
 */
export function growthHall(seats: number): SeatMapData {
  const zones = Math.ceil(seats / ZONE_SEATS);
  const zonesWide = Math.ceil(Math.sqrt(zones));
  const columns = { label: [] as string[], x: [] as number[], y: [] as number[], row: [] as number[] };
  const category: number[] = [];
  const rows: { label: string; zone: number }[] = [];
  const special = { wheelchair: [] as number[], companions: [] as [number, number][], pairs: [] as [number, number][] };
  for (let seat = 0; seat < seats; seat++) {
    const zone = Math.floor(seat / ZONE_SEATS);
    const rowInZone = Math.floor((seat % ZONE_SEATS) / ROW_SEATS);
    const place = seat % ROW_SEATS;
    if (place === 0) rows.push({ label: `${zone + 1}.${rowInZone + 1}`, zone });
    columns.label.push(`${zone + 1}.${rowInZone + 1}-${place + 1}`);
    columns.x.push((zone % zonesWide) * ZONE_WIDTH + (place + 2 * Math.floor(place / BLOCK_SEATS)) * PITCH);
    columns.y.push(Math.floor(zone / zonesWide) * ZONE_DEPTH + rowInZone * ROW_DEPTH);
    columns.row.push(rows.length - 1);
    category.push(rowInZone < 10 ? 0 : 1);
    if (rowInZone % 5 !== 4) continue;
    if (place === 0) special.wheelchair.push(seat);
    if (place === 1) special.companions.push([seat, seat - 1]);
    if (place === ROW_SEATS - 3 || place === ROW_SEATS - 1) special.pairs.push([seat - 1, seat]);
  }
  return {
    name: `Growth ${seats}`,
    size: { width: zonesWide * ZONE_WIDTH, height: Math.ceil(zones / zonesWide) * ZONE_DEPTH },
    focalPoint: { x: (zonesWide * ZONE_WIDTH) / 2, y: 0 },
    categories: [
      { name: 'Front', color: '#3b74d1' },
      { name: 'Back', color: '#7aa2e3' },
    ],
    zones: Array.from({ length: zones }, (_, zone) => ({ name: `Zone ${zone + 1}` })),
    rows,
    seats: { ...columns, category },
    ...special,
    areas: [],
    decorations: [],
  };
}
