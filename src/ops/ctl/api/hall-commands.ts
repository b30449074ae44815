import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { z } from 'zod';
import type { hallsSchema, importedSchema } from '../../../boxoffice/halls/hall-schemas.js';
import { Misuse, sentenceOf } from '../../misuse.js';
import type { Report } from '../report.js';
import type { ApiCommand, Invocation, Option } from './api-command.js';
import { listed } from './listed.js';

type Halls = z.infer<typeof hallsSchema>;
type Imported = z.infer<typeof importedSchema>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.tsv': 'text/csv',
  '.txt': 'text/plain',
  '.svg': 'image/svg+xml',
};

/** Options of an import that go to the server as they are. */
const READING: Readonly<Record<string, Option>> = {
  stage: { value: '<where>', about: 'top, bottom, left, right or a point such as 300,20' },
  wheelchair: { value: '<seats>', about: 'wheelchair spaces, such as A-1,A-2' },
  categories: { value: '<rules>', about: 'such as A-C=Premium,*=Standard' },
  standing: { value: '<areas>', about: 'such as Floor=120' },
  columns: { value: '<names>', about: 'headers of a CSV file, such as row=Reihe,seat=Platz' },
  separator: { value: '<name>', about: 'of a CSV file: comma, semicolon or tab' },
  decimal: { value: '<name>', about: 'what is before the cents of a CSV file: comma or point' },
  ids: { value: '<pattern>', about: 'how the ids of an SVG drawing name seats, such as {row}-{seat}' },
};

export const hallCommands: readonly ApiCommand[] = [
  {
    words: 'hall import',
    operands: ['file'],
    about: 'Makes a hall from a plan: pretix or seats.io JSON, a grid in JSON, CSV, rows as text, or SVG.',
    options: {
      venue: { value: '<id>', about: 'the venue that the hall is in; the hall is new' },
      hall: { value: '<id>', about: 'in place of --venue: a new version of the seat map of this hall' },
      name: { value: '<name>', about: 'of a new hall' },
      id: { value: '<id>', about: 'of a new hall; else made of the venue and the name' },
      'dry-run': { about: 'shows what was understood, and changes nothing' },
      picture: {
        value: '<file>',
        about: 'where a dry run draws the plan (else the name of the plan, ending in .preview.svg)',
      },
      ...READING,
    },
    notes: ['Without --dry-run a plan with problems is refused as a whole.'],
    run: importHall,
  },
  {
    words: 'hall list',
    about: 'Lists halls.',
    options: { venue: { value: '<id>', about: 'only those of this venue' } },
    run: async ({ api, value }) => {
      const query = { venue: value('venue') };
      const halls = await api.all<Halls, Halls['halls'][number]>('/v1/halls', query, (page) => page.halls);
      return listed('halls', halls, {
        ...{ ID: ({ id }) => id, NAME: ({ name }) => name, VENUE: ({ venueId }) => venueId },
        ...{ PLACES: ({ seatMap }) => seatMap.places, VERSION: ({ seatMap }) => seatMap.version },
      });
    },
  },
];

async function importHall({ api, operand, value, flag }: Invocation): Promise<Report> {
  const [venue, hall, file, dryRun] = [value('venue'), value('hall'), operand('file'), flag('dry-run')];
  if ((venue === undefined) === (hall === undefined)) {
    throw new Misuse('Give either --venue, for a new hall, or --hall, for a new version of one.');
  }
  if (hall !== undefined && value('id') !== undefined) throw new Misuse('--id is of a new hall: it goes with --venue.');
  if (venue !== undefined && !dryRun && value('name') === undefined) throw new Misuse('A new hall needs --name.');
  const options = Object.fromEntries(Object.keys(READING).map((name) => [name, value(name)]));
  const path =
    hall === undefined
      ? `/v1/venues/${encodeURIComponent(venue ?? '')}/halls`
      : `/v1/halls/${encodeURIComponent(hall)}/seat-maps`;
  const { body } = await api.ask<Imported>({
    method: 'POST',
    path,
    query: { ...options, name: value('name'), id: value('id'), ...(dryRun ? { dryRun } : {}) },
    file: { type: mediaTypeOf(file), bytes: await bytesOf(file) },
  });
  const drawn = await draw(
    body.picture,
    value('picture') ?? `${file.slice(0, file.length - extname(file).length)}.preview.svg`,
  );
  const { picture: _picture, ...json } = body;
  return {
    ok: body.report.ok,
    json: drawn === undefined ? json : { ...json, pictureFile: drawn },
    lines: [
      ...reportLines(body),
      ...(drawn === undefined ? [] : [`The plan is drawn in ${drawn}: look at it in a browser.`]),
    ],
  };
}

function mediaTypeOf(file: string): string {
  const type = MEDIA_TYPES[extname(file).toLowerCase()];
  if (type !== undefined) return type;
  const known = Object.keys(MEDIA_TYPES).join(', ');
  throw new Misuse(`"${basename(file)}" has no ending that says what it is: ${known}.`);
}

async function bytesOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    throw new Misuse(`The plan cannot be read: ${sentenceOf(error)}.`);
  }
}

async function draw(picture: string | undefined, file: string): Promise<string | undefined> {
  if (picture === undefined) return undefined;
  try {
    await writeFile(file, picture);
    return file;
  } catch (error) {
    throw new Misuse(`The picture cannot be written: ${sentenceOf(error)}. Give --picture.`);
  }
}

/** The report for people: what was understood, then what refuses the plan, what was repaired, and what to answer. */
function reportLines({ report, hall }: Imported): string[] {
  const { format, plan, problems, notes, questions } = report;
  const groups = (head: string, list: typeof problems) =>
    list.flatMap(({ code, count, examples }) => [
      `${head} ${code}, ${count} ${count === 1 ? 'time' : 'times'}:`,
      ...examples.map(({ at, message }) => `  ${at}: ${message}`),
    ]);
  const categories = plan?.categories.map(({ name, places }) => `${name} ${places}`).join(', ');
  return [
    ...(plan === undefined
      ? [`The plan (${format}) cannot be used.`]
      : [
          `Read as ${format}: ${plan.places} places (${plan.seats} seats, ${plan.standing} standing) in ${plan.rows} rows.`,
          `Categories: ${categories}. Wheelchair spaces: ${plan.wheelchairSpaces}.`,
        ]),
    ...groups('Problem', problems),
    ...groups('Note', notes),
    ...questions.map(
      ({ option, question, guess }) =>
        `${question} Answer by --${option}${guess === undefined ? '' : ` (taken meanwhile: ${guess})`}.`,
    ),
    ...(hall === undefined ? [] : [`The hall is ${hall.id}, version ${hall.seatMap.version} of its seat map.`]),
  ];
}
