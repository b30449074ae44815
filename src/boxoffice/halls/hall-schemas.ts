/** The bodies of the hall endpoints. */
import { z } from 'zod';
import type { DeepReadonly } from '../../protocol/deep-readonly.js';

const point = z.object({ x: z.number(), y: z.number() });

export const groupSchema = z
  .object({
    code: z.string().meta({ description: 'Stable, for programs.', example: 'spreadsheet_date' }),
    count: z.int(),
    examples: z
      .array(
        z.object({
          at: z.string().meta({ description: 'Where in the file.', example: 'line 12' }),
          message: z.string(),
        }),
      )
      .meta({ description: 'The first three.' }),
  })
  .meta({ id: 'ImportFinding' });

export const reportSchema = z
  .object({
    format: z.enum(['pretix', 'csv', 'rows', 'seatsio', 'svg', 'grid']),
    ok: z.boolean(),
    plan: z
      .object({
        name: z.string(),
        places: z.int().meta({ description: 'Seats and standing places.' }),
        seats: z.int(),
        standing: z.int(),
        rows: z.int(),
        zones: z.array(z.string()),
        categories: z.array(
          z.object({
            name: z.string(),
            color: z.string(),
            places: z.int(),
            price: z.string().optional().meta({ description: 'As the file has it. A showtime sets the prices.' }),
          }),
        ),
        wheelchairSpaces: z.int(),
        companionSeats: z.int(),
        pairs: z.int(),
        tablesSoldWhole: z.int(),
        focalPoint: point.meta({ description: 'What best seats are nearest to.' }),
      })
      .optional(),
    problems: z.array(groupSchema).meta({ description: 'What refuses the file.' }),
    notes: z.array(groupSchema).meta({ description: 'What was repaired, guessed or left out.' }),
    questions: z
      .array(
        z.object({
          option: z.string().meta({ description: 'The parameter of the import that answers it.' }),
          question: z.string(),
          guess: z.string().optional().meta({ description: 'What the import goes on with.' }),
        }),
      )
      .meta({ description: 'What the file does not say.' }),
  })
  .meta({ id: 'ImportReport' });

export const hallSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    venueId: z.string(),
    turnaroundMinutes: z.int().meta({ description: 'Between the end of a showtime and the start of the next.' }),
    seatMap: z.object({
      hash: z.string(),
      url: z.string(),
      pictureUrl: z.string(),
      places: z.int(),
      version: z.int().meta({ description: 'Counts the seat maps that the hall has had.' }),
    }),
  })
  .meta({ id: 'Hall' });
export type HallView = DeepReadonly<z.infer<typeof hallSchema>>;

export const hallsSchema = z.object({
  halls: z.array(hallSchema),
  next: z.string().optional().meta({ description: 'The list goes on: ask again with this as `cursor`.' }),
});

export const importedSchema = z.object({
  dryRun: z.boolean(),
  report: reportSchema,
  picture: z.string().optional().meta({ description: 'Of a dry run: SVG that shows what was understood.' }),
  hall: hallSchema.optional().meta({ description: 'Absent in a dry run.' }),
});

export const versionsSchema = z.object({
  versions: z.array(
    z.object({
      version: z.int(),
      hash: z.string(),
      url: z.string(),
      pictureUrl: z.string(),
      places: z.int(),
      createdAt: z.iso.datetime(),
    }),
  ),
});

export const hallChangeSchema = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  turnaroundMinutes: z.int().min(0).max(1_440).optional(),
});

export const takeMapSchema = z.strictObject({
  version: z.int().min(1).max(1_000_000).meta({ description: 'Of the seat map of the hall.' }),
});

export const takenSchema = z.object({ showtimeId: z.uuid(), seatMap: z.object({ hash: z.string(), url: z.string() }) });
