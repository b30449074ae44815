/**
 * Draws a seat map as SVG, for a person who looks whether it was understood: seats in the colour of their category, labels
 * of rows, standing areas, the stage, and the point that best seats are nearest to. Every text is escaped, and there are no
 * scripts, links or styles in it.
 */
import type { Decoration, SeatMapData } from '../../core/seat-map.js';

const MARGIN = 40;
const LEGEND_LINE = 22;
/** Beyond so many rows or seats labels would be dust. */
const ROW_LABELS_MAX = 2_000;
const SEAT_NUMBERS_MAX = 1_500;
const DECORATIONS_MAX = 2_000;

export function drawPicture(map: SeatMapData): string {
  const pitch = pitchOf(map);
  const radius = round(pitch * 0.36);
  const { left, top, right, bottom } = boundsOf(map, pitch);
  const legendHeight = (map.categories.length + 2) * LEGEND_LINE * (pitch / 30);
  const [width, height] = [right - left, bottom - top + legendHeight];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${round(left)} ${round(top)} ${round(width)} ${round(height)}" font-family="sans-serif">`,
    `<title>${escapeText(map.name)}</title>`,
    `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" fill="#ffffff"/>`,
    ...map.decorations.slice(0, DECORATIONS_MAX).map(drawDecoration),
    ...map.areas.map((area) => drawArea(map, area, pitch)),
    ...map.categories.flatMap((_, category) => drawSeats(map, category, radius)),
    ...drawKinds(map, radius),
    ...drawRowLabels(map, pitch),
    ...drawNumbers(map, pitch),
    drawFocalPoint(map, pitch),
    ...drawLegend(map, left + pitch, bottom, pitch / 30),
    '</svg>',
  ];
  return parts.join('\n');
}

/** One path a category: a point a seat, drawn by a round line of no length. Fifty thousand circles would be megabytes. */
function drawSeats({ seats, categories }: SeatMapData, category: number, radius: number): string[] {
  let d = '';
  for (const [seat, own] of seats.category.entries()) {
    if (own === category && seats.row[seat] !== -1) d += `M${round(seats.x[seat] ?? 0)} ${round(seats.y[seat] ?? 0)}h0`;
  }
  if (d === '') return [];
  const color = escapeText(categories[category]?.color ?? '#9e9e9e');
  return [`<path d="${d}" stroke="${color}" stroke-width="${2 * radius}" stroke-linecap="round" fill="none"/>`];
}

/** Wheelchair spaces are square, companions have a ring, pairs and tables that are sold whole are joined by a line. */
function drawKinds({ seats, wheelchair, companions, pairs, tables = [] }: SeatMapData, radius: number): string[] {
  const at = (seat: number) => ({ x: round(seats.x[seat] ?? 0), y: round(seats.y[seat] ?? 0) });
  const line = round(radius * 0.3);
  const spaces = wheelchair.map((seat) => {
    const { x, y } = at(seat);
    const side = round(2 * radius);
    return `M${round(x - radius)} ${round(y - radius)}h${side}v${side}h${-side}z`;
  });
  const rings = companions.map(([seat]) => {
    const { x, y } = at(seat);
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="#000000" stroke-width="${line}"/>`;
  });
  const joined = [...pairs, ...tables].map((members) => {
    const points = members.map((seat) => `${at(seat).x} ${at(seat).y}`);
    return `M${points.join('L')}`;
  });
  return [
    ...(spaces.length > 0
      ? [`<path d="${spaces.join('')}" fill="none" stroke="#000000" stroke-width="${line}"/>`]
      : []),
    ...rings,
    ...(joined.length > 0
      ? [`<path d="${joined.join('')}" fill="none" stroke="#000000" stroke-width="${line}"/>`]
      : []),
  ];
}

function drawArea({ categories }: SeatMapData, area: SeatMapData['areas'][number], pitch: number): string {
  const { x, y, width, height, name, count, category } = area;
  const color = escapeText(categories[category]?.color ?? '#9e9e9e');
  const box = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  const middle = { x: x + width / 2, y: y + height / 2 };
  return `<rect ${box} fill="${color}" fill-opacity="0.4" stroke="${color}"/>${textAt(middle, `${name}: ${count}`, pitch * 0.6)}`;
}

/** At the outer end of each row, on the side where its first seat stands. */
function drawRowLabels({ rows, seats }: SeatMapData, pitch: number): string[] {
  if (rows.length > ROW_LABELS_MAX) return [];
  const ends = rows.map(() => ({ left: Infinity, y: 0 }));
  for (const [seat, row] of seats.row.entries()) {
    const end = ends[row];
    const x = seats.x[seat] ?? 0;
    if (end !== undefined && x < end.left) {
      end.left = x;
      end.y = seats.y[seat] ?? 0;
    }
  }
  return ends.flatMap(({ left, y }, row) => {
    if (!Number.isFinite(left)) return [];
    return textAt({ x: left - pitch * 0.9, y }, rows[row]?.label ?? '', pitch * 0.45);
  });
}

function drawNumbers({ seats, rows }: SeatMapData, pitch: number): string[] {
  if (seats.label.length > SEAT_NUMBERS_MAX) return [];
  return seats.label.flatMap((label, seat) => {
    const row = seats.row[seat] ?? -1;
    if (row === -1) return [];
    const prefix = `${rows[row]?.label ?? ''}-`;
    const number = label.startsWith(prefix)
      ? label.slice(prefix.length)
      : (/[\p{L}\p{N}]+$/u.exec(label)?.[0] ?? label);
    return textAt({ x: seats.x[seat] ?? 0, y: seats.y[seat] ?? 0 }, number, pitch * 0.28, '#ffffff');
  });
}

function drawDecoration({ shape, x, y, rotation, width = 0, height = 0, points, color, text }: Decoration): string {
  const fill = escapeText(color ?? '#eeeeee');
  const turn = rotation === 0 ? '' : ` transform="rotate(${round(rotation)} ${round(x)} ${round(y)})"`;
  const drawn = {
    text: '',
    rectangle: `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"${turn}/>`,
    circle: ellipse(x, y, width, height, fill, turn),
    ellipse: ellipse(x, y, width, height, fill, turn),
    polygon: `<polygon points="${(points ?? []).map((point) => `${round(x + point.x)},${round(y + point.y)}`).join(' ')}" fill="${fill}"${turn}/>`,
  }[shape];
  return drawn + (text ? textAt({ x: x + text.x, y: y + text.y }, text.value, text.size, text.color) : '');
}

function ellipse(x: number, y: number, width: number, height: number, fill: string, turn: string): string {
  return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(width / 2)}" ry="${round(height / 2)}" fill="${fill}"${turn}/>`;
}

function drawFocalPoint({ focalPoint: { x, y } }: SeatMapData, pitch: number): string {
  const size = round(pitch * 0.5);
  const cross = `M${round(x - size)} ${round(y)}h${2 * size}M${round(x)} ${round(y - size)}v${2 * size}`;
  return `<path d="${cross}" stroke="#c00000" stroke-width="${round(pitch * 0.12)}" fill="none"/>`;
}

function drawLegend({ categories, seats, name }: SeatMapData, left: number, top: number, scale: number): string[] {
  const counts = categories.map((_, category) => seats.category.filter((own) => own === category).length);
  const line = (i: number) => top + (i + 1) * LEGEND_LINE * scale;
  const entries = categories.map(({ name: category, color }, i) => {
    const y = line(i + 1);
    const dot = `<circle cx="${round(left)}" cy="${round(y)}" r="${round(8 * scale)}" fill="${escapeText(color)}"/>`;
    return dot + textAt({ x: left + 16 * scale, y }, `${category}: ${counts[i]}`, 14 * scale, '#333333', 'start');
  });
  return [textAt({ x: left, y: line(0) }, name, 16 * scale, '#333333', 'start'), ...entries];
}

function textAt(
  { x, y }: { readonly x: number; readonly y: number },
  value: string,
  size: number,
  color = '#333333',
  anchor = 'middle',
): string {
  const place = `x="${round(x)}" y="${round(y)}" font-size="${round(size)}" fill="${escapeText(color)}"`;
  return `<text ${place} text-anchor="${anchor}" dominant-baseline="central">${escapeText(value)}</text>`;
}

/** The typical distance of seats that follow each other in a row; what a drawing's sizes are made of. */
function pitchOf({ seats }: SeatMapData): number {
  const steps: number[] = [];
  const each = Math.max(1, Math.floor(seats.x.length / 1_000));
  for (let seat = 1; seat < seats.x.length; seat += each) {
    if (seats.row[seat] !== seats.row[seat - 1] || seats.row[seat] === -1) continue;
    const [dx, dy] = [(seats.x[seat] ?? 0) - (seats.x[seat - 1] ?? 0), (seats.y[seat] ?? 0) - (seats.y[seat - 1] ?? 0)];
    const step = Math.hypot(dx, dy);
    if (step > 0) steps.push(step);
  }
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 30;
}

function boundsOf({ seats, areas, decorations, focalPoint }: SeatMapData, pitch: number) {
  let [left, top, right, bottom] = [focalPoint.x, focalPoint.y, focalPoint.x, focalPoint.y];
  const add = (x: number, y: number) => {
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  };
  for (const [seat, x] of seats.x.entries()) add(x, seats.y[seat] ?? 0);
  for (const { x, y, width, height } of areas) {
    add(x, y);
    add(x + width, y + height);
  }
  for (const { x, y, width = 0, height = 0 } of decorations) {
    add(x, y);
    add(x + width, y + height);
  }
  const margin = (MARGIN / 30) * pitch;
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeText(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
