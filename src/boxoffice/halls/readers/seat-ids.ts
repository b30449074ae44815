/** What an id says of a seat: `Balcony-K-12`, `seat_K_12`, `K12`. */
export interface SeatName {
  readonly zone: string;
  readonly row: string;
  readonly number: string;
}

export type ReadId = (id: string) => SeatName | undefined;

const USUAL = [
  'seat-{zone}-{row}-{seat}',
  'seat_{zone}_{row}_{seat}',
  'seat-{row}-{seat}',
  'seat_{row}_{seat}',
  '{zone}-{row}-{seat}',
  '{zone}_{row}_{seat}',
  '{row}-{seat}',
  '{row}_{seat}',
];
/** Letters and then digits need nothing between them; the row of "seat12" is not "seat". */
const JOINED =
  /^(?:seat[-_ ]?)?(?!seat|path|rect|circle|ellipse|g|use|layer|text|image|svg|polygon|line|tspan)(\p{L}{1,2})(\d{1,4}\p{L}?)$/iu;
const LENGTH_MAX = 120;

type Part = 'zone' | 'row' | 'seat';

/** @param template such as `{zone}-{row}-{seat}`; absent: the ways in which ids are usually made. */
export function seatIds(template: string | undefined): ReadId {
  const patterns = (template === undefined ? USUAL : [template]).map(patternOf);
  return (id) => {
    const plain = decoded(id);
    if (plain.length > LENGTH_MAX) return undefined;
    for (const pattern of patterns) {
      const { zone = '', row = '', seat } = (pattern.exec(plain)?.groups ?? {}) as { readonly [Name in Part]?: string };
      if (seat !== undefined && (template !== undefined || !/^(seat|platz|sitz)$/i.test(row)))
        return { zone, row, number: seat };
    }
    if (template !== undefined) return undefined;
    const [, row, number] = JOINED.exec(plain) ?? [];
    return row === undefined || number === undefined ? undefined : { zone: '', row, number };
  };
}

/** Whether a template can name seats: it has each of its parts once, and `{seat}` in any case. */
export function isTemplate(text: string): boolean {
  const parts = [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return (
    text.length <= LENGTH_MAX &&
    parts.includes('seat') &&
    new Set(parts).size === parts.length &&
    parts.every((name) => name === 'zone' || name === 'row' || name === 'seat')
  );
}

function patternOf(template: string): RegExp {
  const source = template.replace(/\{(\w+)\}|[^{]+|\{/g, (part, name?: string) => {
    if (name === 'seat') return '(?<seat>\\d{1,5}\\p{L}?)';
    if (name === 'row') return '(?<row>[\\p{L}\\p{N}]{1,12})';
    if (name === 'zone') return '(?<zone>[\\p{L}\\p{N}][\\p{L}\\p{N} ]{0,39})';
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  // Unnamed parts in any case, so that "Seat-A-1" is one too.
  return new RegExp(`^${source}$`, 'iu');
}

/** Illustrator writes `_x2D_` for a hyphen, and numbers the second of a name as `A-1_00000…`. */
function decoded(id: string): string {
  return id
    .replace(/_x([0-9A-F]{2,4})_/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/_\d{20,}_?$/, '')
    .trim();
}
