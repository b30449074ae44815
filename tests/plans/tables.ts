const TABLES_WIDE = 6;
const TABLES_DEEP = 4;
const SEATS_AT_TABLE = 10;
const RADIUS = 60;

/** Twenty-four round tables of ten, each a row: everybody has two neighbours. */
export const ROUND_TABLES = {
  seats: TABLES_WIDE * TABLES_DEEP * SEATS_AT_TABLE,
  neighbours: TABLES_WIDE * TABLES_DEEP * SEATS_AT_TABLE,
};

export function roundTables() {
  const tables = Array.from({ length: TABLES_WIDE * TABLES_DEEP }, (_, table) => ({
    row_number: String(table + 1),
    row_label: 'Tisch %s',
    seat_label: 'Platz %s',
    position: { x: 120 + (table % TABLES_WIDE) * 220, y: 200 + Math.floor(table / TABLES_WIDE) * 220 },
    seats: Array.from({ length: SEATS_AT_TABLE }, (_seat, place) => {
      const angle = (2 * Math.PI * place) / SEATS_AT_TABLE;
      return {
        seat_guid: `t${table}-${place}`,
        seat_number: String(place + 1),
        position: { x: RADIUS * Math.sin(angle), y: -RADIUS * Math.cos(angle) },
        category: 'Gala',
      };
    }),
  }));
  return planOf('Gala', tables, [
    {
      shape: 'rectangle',
      position: { x: 500, y: 10 },
      rectangle: { width: 260, height: 60 },
      text: textOf('BÜHNE', 130, 30),
    },
  ]);
}

const BENCHES_WIDE = 8;
const BENCHES_DEEP = 15;
const SEATS_A_SIDE = 5;
const SEAT_DEPTH = 25;
const ACROSS = 60;

/** A hundred and twenty benches with five a side. Numbers go across the table: 1 faces 2, 3 sits beside 1. */
export const BEER_BENCHES = {
  seats: BENCHES_WIDE * BENCHES_DEEP * 2 * SEATS_A_SIDE,
  neighbours: BENCHES_WIDE * BENCHES_DEEP * 2 * (SEATS_A_SIDE - 1),
};

export function beerBenches(across = ACROSS) {
  const benches = Array.from({ length: BENCHES_WIDE * BENCHES_DEEP }, (_, bench) => {
    const [column, row] = [bench % BENCHES_WIDE, Math.floor(bench / BENCHES_WIDE)];
    return {
      row_number: String(bench + 1),
      position: { x: 50 + column * 140, y: 50 + row * (SEATS_A_SIDE * SEAT_DEPTH + 5) },
      seats: Array.from({ length: 2 * SEATS_A_SIDE }, (_seat, place) => ({
        seat_guid: `b${bench}-${place}`,
        seat_number: String(place + 1),
        position: { x: place % 2 === 0 ? 0 : across, y: Math.floor(place / 2) * SEAT_DEPTH },
        category: 'Bench',
      })),
    };
  });
  return planOf('Beer garden', benches, []);
}

function textOf(text: string, x: number, y: number) {
  return { text, position: { x, y }, color: '#333333', size: 16 };
}

function planOf(category: string, rows: readonly object[], areas: readonly object[]) {
  return {
    name: category,
    size: { width: 1400, height: 2100 },
    categories: [{ name: category, color: '#7f4a91' }],
    zones: [{ name: 'Main', zone_id: 'main', position: { x: 0, y: 0 }, rows, areas }],
  };
}
