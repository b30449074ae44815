/**
 * The options of an import as parameters of a URL, so that a plan can be the whole body and curl can send it as it is:
 * `?stage=bottom&wheelchair=A-1,A-2&categories=A-C=Premium,*=Standard&standing=Floor=120`.
 */
import { z } from 'zod';
import { type CategoryRule, COLUMN_NAMES, type ColumnName, type ImportOptions } from './import-options.js';
import { isTemplate } from './readers/seat-ids.js';

const LIST_MAX = 500;
const NAME_LENGTH_MAX = 64;
const SIDES = ['top', 'bottom', 'left', 'right'] as const;
const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;
const DECIMALS = { comma: ',', point: '.' } as const;

/** A list of `key=value`, cut at the last equals sign: labels of rows may have one. */
function pairsOf(text: string): [string, string][] | undefined {
  const pairs = text.split(',').map((part): [string, string] => {
    const at = part.lastIndexOf('=');
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
  });
  const isWhole = pairs.every(([key, value]) => key !== '' && value !== '' && value.length <= NAME_LENGTH_MAX);
  return isWhole && pairs.length <= LIST_MAX ? pairs : undefined;
}

/** A parameter of text that is read by a function of ours, which gives undefined for what it cannot read. */
function read<Value>(
  reader: (text: string) => Value | undefined,
  message: string,
  example: string,
  description: string,
) {
  return z
    .string()
    .transform((text, context): Value => {
      const value = reader(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional()
    .meta({ override: { type: 'string' }, example, description });
}

function pointOf(text: string): ImportOptions['stage'] | undefined {
  const side = SIDES.find((one) => one === text);
  if (side) return side;
  const [, x, y] = /^(-?\d{1,7}(?:\.\d{1,3})?),(-?\d{1,7}(?:\.\d{1,3})?)$/.exec(text) ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}

/** `A-C=Premium`, `Balcony/A=Box`, `Balcony=Box`, `*=Standard`. */
function rulesOf(text: string): CategoryRule[] | undefined {
  return pairsOf(text)?.map(([rows, category]) => {
    const slash = rows.indexOf('/');
    const [zone, span] = slash < 0 ? ['', rows] : [rows.slice(0, slash), rows.slice(slash + 1)];
    const [, from = span, to = ''] = /^([^-]+)-([^-]+)$/.exec(span) ?? [];
    return span === '*' ? { zone, from: '', to: '', category } : { zone, from, to, category };
  });
}

function standingOf(text: string): ImportOptions['standing'] | undefined {
  const areas = pairsOf(text)?.map(([name, capacity]) => ({ name, capacity: Number(capacity) }));
  return areas?.every(({ capacity }) => Number.isInteger(capacity) && capacity > 0) ? areas : undefined;
}

function columnsOf(text: string): ImportOptions['columns'] | undefined {
  const pairs = pairsOf(text);
  const isColumn = (name: string): name is ColumnName => COLUMN_NAMES.some((column) => column === name);
  return pairs?.every(([name]) => isColumn(name)) ? Object.fromEntries(pairs) : undefined;
}

function listOf(text: string): string[] | undefined {
  const labels = text.split(',').map((label) => label.trim());
  return labels.length <= LIST_MAX && labels.every((label) => label !== '') ? labels : undefined;
}

const looksAt = z.enum(['stage', 'screen']).optional().meta({ description: 'What the audience looks at.' });

export const importQuery = {
  looksAt,
  stage: read(
    pointOf,
    'must be top, bottom, left, right or a point such as 300,20',
    'bottom',
    'Where the stage or the screen is: an edge of the plan, or the point in the plan that best seats are nearest to.',
  ),
  wheelchair: read(listOf, 'must be labels of seats, with commas between them', 'A-1,A-2', 'Wheelchair spaces.'),
  categories: read(
    rulesOf,
    'must be such as A-C=Premium,Balcony/*=Box,*=Standard',
    'A-C=Premium,*=Standard',
    'Categories of rows, zones and standing areas. The first rule that fits counts.',
  ),
  standing: read(standingOf, 'must be such as Floor=120', 'Floor=120', 'Standing areas and how many people they take.'),
  columns: read(
    columnsOf,
    `must be such as row=Reihe,seat=Platz, with some of: ${COLUMN_NAMES.join(', ')}`,
    'row=Reihe,seat=Platz',
    'Headers of the columns of a CSV file; or their places from 1 on, where the file has no header.',
  ),
  separator: z
    .enum(['comma', 'semicolon', 'tab'])
    .transform((name) => SEPARATORS[name])
    .optional()
    .meta({ override: { type: 'string', enum: Object.keys(SEPARATORS) }, description: 'Of a CSV file; else guessed.' }),
  decimal: z
    .enum(['comma', 'point'])
    .transform((name) => DECIMALS[name])
    .optional()
    .meta({ override: { type: 'string', enum: Object.keys(DECIMALS) }, description: 'What is before the cents.' }),
  ids: read(
    (text) => (isTemplate(text) ? text : undefined),
    'must have {seat}, and may have {row} and {zone}',
    '{zone}-{row}-{seat}',
    'How the ids of an SVG drawing name seats.',
  ),
};

type ImportQuery = { readonly [Name in keyof typeof importQuery]?: z.output<(typeof importQuery)[Name]> };

/** What was given, without what was not. */
export function optionsOf(query: ImportQuery, name: string | undefined): ImportOptions {
  const given = Object.entries({ ...query, name }).filter(
    ([key, value]) => value !== undefined && (key in importQuery || key === 'name'),
  );
  return Object.fromEntries(given);
}
