/** A hall small enough to count by hand: two zones, an aisle, a pair, a wheelchair space and a standing area. */
import type { SeatMapDocument } from '../../../src/protocol/seat-map-document.js';

const labels = [
  'A-1',
  'A-2',
  'A-3',
  'A-4',
  'B-1',
  'B-2',
  'B-3',
  'B-4',
  'C-1',
  'C-2',
  'C-3',
  'Pit-1',
  'Pit-2',
  'Pit-3',
  'Pit-4',
];

/** Row A has its aisle between 2 and 3; B-3 and B-4 are a pair; C is the balcony, C-1 wheelchair, C-2 its companion. */
export const smallHouse: SeatMapDocument = {
  name: 'Small',
  size: { width: 200, height: 200 },
  focalPoint: { x: 50, y: 0 },
  categories: [
    { name: 'Stalls', color: '#3b74d1' },
    { name: 'Balcony', color: '#8a62c9' },
    { name: 'Standing', color: '#c2467f' },
  ],
  zones: [{ name: 'Stalls' }, { name: 'Balcony' }],
  rows: [
    { label: 'A', zone: 0 },
    { label: 'B', zone: 0 },
    { label: 'C', zone: 1 },
  ],
  seats: {
    label: labels,
    x: [0, 10, 40, 50, 0, 10, 20, 30, 0, 10, 20, 120, 120, 120, 120],
    y: [0, 0, 0, 0, 20, 20, 20, 20, 60, 60, 60, 40, 40, 40, 40],
    category: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2],
    row: [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, -1, -1, -1, -1],
  },
  wheelchair: [8],
  companions: [[9, 8]],
  pairs: [[6, 7]],
  areas: [{ name: 'Pit', zone: 0, category: 2, first: 11, count: 4, x: 100, y: 30, width: 40, height: 20 }],
  decorations: [{ shape: 'rectangle', x: 0, y: -30, width: 60, height: 10, rotation: 0 }],
};

export const seat = (label: string): number => labels.indexOf(label);
