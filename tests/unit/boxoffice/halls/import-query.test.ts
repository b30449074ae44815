import { expect, it } from 'vitest';
import { z } from 'zod';
import { importQuery, optionsOf } from '../../../../src/boxoffice/halls/import-query.js';

const schema = z.strictObject(importQuery);
const read = (query: Record<string, string>) => optionsOf(schema.parse(query), undefined);

it.each([
  [
    { stage: 'bottom', looksAt: 'screen' },
    { stage: 'bottom', looksAt: 'screen' },
  ],
  [{ stage: '300,-20.5' }, { stage: { x: 300, y: -20.5 } }],
  [{ wheelchair: 'A-1, A-2' }, { wheelchair: ['A-1', 'A-2'] }],
  [
    { categories: 'A-C=Premium,Balcony/*=Box,D=Rear,*=Rest' },
    {
      categories: [
        { zone: '', from: 'A', to: 'C', category: 'Premium' },
        { zone: 'Balcony', from: '', to: '', category: 'Box' },
        { zone: '', from: 'D', to: '', category: 'Rear' },
        { zone: '', from: '', to: '', category: 'Rest' },
      ],
    },
  ],
  [
    { standing: 'Floor=120,Terrace=40' },
    {
      standing: [
        { name: 'Floor', capacity: 120 },
        { name: 'Terrace', capacity: 40 },
      ],
    },
  ],
  [{ columns: 'row=Reihe,seat=Platz' }, { columns: { row: 'Reihe', seat: 'Platz' } }],
  [
    { separator: 'tab', decimal: 'comma' },
    { separator: '\t', decimal: ',' },
  ],
  [{ ids: '{row}.{seat}' }, { ids: '{row}.{seat}' }],
  [{}, {}],
])('%j', (query, options) => {
  expect(read(query as Record<string, string>)).toEqual(options);
});

it.each([
  { stage: 'above' },
  { wheelchair: 'A-1,,A-2' },
  { categories: 'Premium' },
  { standing: 'Floor=many' },
  { standing: 'Floor=0' },
  { columns: 'throne=1' },
  { ids: '{row}' },
  { ids: '{seat}{seat}' },
  { separator: '|' },
])('%j is refused', (query) => {
  expect(schema.safeParse(query).success).toBe(false);
});
