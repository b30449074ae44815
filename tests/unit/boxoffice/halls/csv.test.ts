import { describe, expect, it } from 'vitest';
import { importHall } from '../../../../src/boxoffice/halls/import-hall.js';
import { readPrice } from '../../../../src/boxoffice/halls/readers/read-price.js';
import { csv, importText, mapOf, notesOf, problemsOf } from './importing.js';

describe('a list of seats', () => {
  it.each([
    ['commas', 'zone,row,seat\nHall,A,1\nHall,A,2'],
    ['semicolons', 'zone;row;seat\nHall;A;1\nHall;A;2'],
    ['tabs', 'zone\trow\tseat\nHall\tA\t1\nHall\tA\t2'],
    ['a line that says which', 'sep=;\nzone;row;seat\nHall;A;1\nHall;A;2'],
    ['blank lines, and blanks around cells', '\nzone, row, seat\n\nHall , "A", 1\n\nHall,A,2\n\n'],
    ['headers of another language', 'Bereich;Reihe;Sitzplatz\nHall;A;1\nHall;A;2'],
    ['columns in another order', 'seat,row,zone\n1,A,Hall\n2,A,Hall'],
    ['carriage returns only', 'zone,row,seat\rHall,A,1\rHall,A,2'],
  ])('is read with %s', (_, text) => {
    const map = mapOf(csv(text));
    expect(map.seats.label).toEqual(['A-1', 'A-2']);
    expect(map.zones).toEqual([{ name: 'Hall' }]);
  });

  it('is read without a header, by the places of its columns', () => {
    const map = mapOf(csv('x,7,A,1\nx,7,A,2', { columns: { row: '3', seat: '4' } }));
    expect(map.seats.label).toEqual(['A-1', 'A-2']);
  });

  it('is read by the columns that it is told, and says which it has where one is missing', () => {
    const text = 'Gestühl;Nummer\nA;1\nA;2';
    expect(mapOf(csv(text, { columns: { row: 'Gestühl', seat: 'nummer' } })).seats.label).toEqual(['A-1', 'A-2']);
    const result = csv(text, { columns: { row: 'Reihe' } });
    expect(problemsOf(result)).toEqual([['missing_column', 1, 'line 1']]);
    expect(result.report.problems[0]?.examples[0]?.message).toContain('"Gestühl", "Nummer"');
    expect(result.report.questions).toMatchObject([{ option: 'columns' }]);
  });

  it('has its rows in the seats where no column has them', () => {
    expect(mapOf(csv('seat\nA1\nA-2\nAA 12')).seats.label).toEqual(['A-1', 'A-2', 'AA-12']);
  });

  it('keeps cells as text: leading zeros, letters, numbers that look like other numbers', () => {
    expect(mapOf(csv('row,seat\nA,007\nA,3E5\nA,12a\nA,1.0')).seats.label).toEqual([
      'A-007',
      'A-3E5',
      'A-12a',
      'A-1.0',
    ]);
  });

  it('takes stray carriage returns out of seats, and tells', () => {
    const result = csv('row,seat\r\nA,7\r\r\nA,8\nA,9\r\n');
    expect(mapOf(result).seats.label).toEqual(['A-7', 'A-8', 'A-9']);
    expect(notesOf(result)).toContain('stray_carriage_return');
  });

  it('is read as UTF-16 and as Windows-1252, and tells the guess', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('row,seat\nÄ,1', 'utf16le')]);
    expect(mapOf(importHall('text/csv', utf16, {})).seats.label).toEqual(['Ä-1']);
    const windows = importHall('text/csv', Buffer.from('row,seat\nÄ,1', 'latin1'), {});
    expect(mapOf(windows).seats.label).toEqual(['Ä-1']);
    expect(notesOf(windows)).toContain('guessed_encoding');
  });
});

describe('a spreadsheet', () => {
  it.each([
    'SEP 1',
    'Sep-01',
    '2001-01-02',
    '2001-01-02 00:00:00',
    '1. Sep',
    '01/09/2026',
    '12.05.2026',
    '2-Jan',
    '1. Mrz 26',
  ])('that made a date of a seat is refused: %s', (seat) => {
    const result = csv(`row;seat\nA;1\nA;${seat}`);
    expect(problemsOf(result)).toEqual([['spreadsheet_date', 1, 'line 3']]);
    expect(result.report.problems[0]?.examples[0]?.message).toContain('Format the column as text');
  });

  it('that made a date of a row, a formula, an error or a power of a seat is refused', () => {
    const result = csv('row;seat\n2001-01-02;1\nA;=A1+1\nA;#REF!\nA;3,00E+05');
    expect(problemsOf(result)).toEqual([
      ['spreadsheet_date', 1, 'line 2'],
      ['spreadsheet_value', 3, 'line 3'],
    ]);
  });
});

describe('the line of a fault', () => {
  it('is our own, also of a quotation mark that is missing', () => {
    const lines = Array.from({ length: 500 }, (_, i) => `A,${i + 1}`);
    lines[99] = '"A,100';
    lines[249] = 'A,"250"" ';
    const result = csv(['row,seat', ...lines].join('\n'));
    expect(problemsOf(result)).toEqual([['missing_quote', 2, 'line 101']]);
    expect(result.report.problems[0]?.examples[1]?.at).toBe('line 251');
  });

  it('counts blank lines and the lines before', () => {
    expect(problemsOf(csv('\n\nrow,seat\n\nA,\n,1'))).toEqual([['missing_cell', 2, 'line 5']]);
  });

  it.each([
    ['too_many_cells', 'row,seat\nA,1\nA,2,3', 'line 3'],
    ['invalid_number', 'row,seat,x,y\nA,1,1.5,2\nA,2,one,2', 'line 3'],
    ['missing_position', 'row,seat,x,y\nA,1,1.5,2\nA,2,,', 'line 3'],
    ['unknown_type', 'row,seat,type\nA,1,throne', 'line 2'],
    ['duplicate_seat', 'row,seat\nA,1\nA,2\nA,1', 'line 4'],
    ['same_spot', 'row,seat,x,y\nA,1,5,5\nA,2,6,5\nB,1,5,5', 'line 4'],
    ['companion_alone', 'row,seat,type\nA,1,companion\nA,2,', 'line 2'],
    ['pair_incomplete', 'row,seat,type\nA,1,pair\nA,2,\nA,3,pair', 'line 2'],
    ['unknown_capacity', 'row,seat,type\nA,1,\nFloor,,standing', 'line 3'],
    ['invalid_price', 'row,seat,price\nA,1,free', 'line 2'],
    ['two_prices', 'row,seat,category,price\nA,1,I,9\nA,2,I,10', 'line 3'],
  ])('%s', (code, text, line) => {
    expect(problemsOf(csv(text))[0]).toEqual([code, expect.any(Number), line]);
  });

  it('is told for the first three of ten thousand, with their number', () => {
    const text = `row,seat\n${Array.from({ length: 10_000 }, () => 'A,').join('\n')}`;
    const { report } = csv(text);
    expect(report.problems).toMatchObject([{ code: 'missing_cell', count: 10_000 }]);
    expect(report.problems[0]?.examples).toHaveLength(3);
    expect(JSON.stringify(report).length).toBeLessThan(1_000);
  });
});

describe('a price', () => {
  it.each([
    ['12', '12'],
    ['12,50', '12.50'],
    ['12.5', '12.50'],
    ['€ 12,50', '12.50'],
    ['12.50 EUR', '12.50'],
    ['1.250,00', '1250.00'],
    ['1,250.00', '1250.00'],
    ["1'250.00", '1250.00'],
    ['1 250,00', '1250.00'],
    ['1.250.000', '1250000'],
    ['12,-', '12'],
    ['007', '7'],
  ])('%s is %s', (text, value) => {
    expect(readPrice(text, undefined)).toMatchObject({ kind: 'price', value });
  });

  it.each(['', 'free', '-5', '12,5,0', '1.25,000.0', '12..5', '1e3', '12 50', '9'.repeat(20)])('%s is none', (text) => {
    expect(readPrice(text, undefined)).toEqual({ kind: 'invalid' });
  });

  it('that may be thousands or decimals is asked about, and not guessed', () => {
    const text = 'row;seat;category;price\nA;1;I;1.250\nA;2;II;900';
    const result = csv(text);
    expect(problemsOf(result)).toEqual([['ambiguous_price', 1, 'line 2']]);
    expect(result.report.questions).toMatchObject([{ option: 'decimal' }]);
    const told = (decimal: ',' | '.') => csv(text, { decimal }).report.plan?.categories.map(({ price }) => price);
    expect(told(',')).toEqual(['1250', '900']);
    expect(told('.')).toEqual(['1.250', '900']);
  });

  it('that is clear says how another one is meant', () => {
    const text = 'row;seat;category;price\nA;1;I;1.250\nA;2;II;9,50';
    expect(csv(text).report.plan?.categories.map(({ price }) => price)).toEqual(['1250', '9.50']);
  });
});

describe('what the file cannot say', () => {
  const text = 'row,seat\nA,1\nA,2\nB,1\nB,2\nC,1\nC,2';

  it('is asked, with the guess', () => {
    expect(csv(text).report.questions.map(({ option, guess }) => [option, guess !== undefined])).toEqual([
      ['stage', true],
      ['wheelchair', true],
      ['categories', true],
    ]);
  });

  it('is taken from the options', () => {
    const result = csv(text, {
      name: 'One',
      stage: 'bottom',
      wheelchair: ['C-2'],
      categories: [
        { zone: '', from: 'A', to: 'B', category: 'Premium' },
        { zone: '', from: '', to: '', category: 'Rest' },
      ],
      standing: [{ name: 'Floor', capacity: 30 }],
    });
    const map = mapOf(result);
    expect(map.name).toBe('One');
    expect(map.focalPoint.y).toBeGreaterThan(map.seats.y[3]!);
    expect(map.wheelchair).toEqual([map.seats.label.indexOf('C-2')]);
    expect(result.report.plan?.categories.map(({ name, places }) => [name, places])).toEqual([
      ['Premium', 4],
      ['Rest', 2],
      ['Standing', 30],
    ]);
    expect(result.report.questions).toEqual([]);
  });

  it('is refused where an option names a seat that is not there', () => {
    expect(problemsOf(csv(text, { wheelchair: ['Z-1'] }))).toEqual([['unknown_seat', 1, 'wheelchair']]);
  });
});

it('an empty file, and one that is no CSV, are refused with a reason', () => {
  expect(problemsOf(csv(''))[0]?.[0]).toBe('no_seats');
  expect(problemsOf(csv('row,seat'))[0]?.[0]).toBe('no_seats');
  expect(problemsOf(csv('\u0000\u0001\n<html>'))[0]?.[0]).toBe('missing_column');
  expect(problemsOf(importText('application/json', '{"zones":'))[0]?.[0]).toBe('not_readable');
});
