/** The samples in tests/plans/samples, and the real plan where it lies beside the project, against a count of their text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../../../src/boxoffice/halls/draw-picture.js';
import { importHall, type PlanMediaType } from '../../../../src/boxoffice/halls/import-hall.js';
import { compileSeatMap } from '../../../../src/core/compile-seat-map.js';
import { countPlaces, countPretix } from '../../../plans/count-places.js';
import { json, mapOf, notesOf } from './importing.js';

const FOLDER = 'tests/plans/samples';
const TYPES: Readonly<Record<string, PlanMediaType>> = {
  csv: 'text/csv',
  txt: 'text/plain',
  svg: 'image/svg+xml',
  json: 'application/json',
};
const typeOf = (name: string) => TYPES[name.split('.').at(-1)!]!;
const read = (name: string) => importHall(typeOf(name), readFileSync(`${FOLDER}/${name}`), {});

describe('a sample', () => {
  it('has a count each', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(countPlaces).sort());
  });

  it.each(Object.keys(countPlaces))('%s has as many places as its text', (name) => {
    const result = read(name);
    const counted = countPlaces[name]!(readFileSync(`${FOLDER}/${name}`, 'utf8'));
    const map = mapOf(result);
    expect(map.seats.label).toHaveLength(counted.places);
    expect(map.wheelchair).toHaveLength(counted.wheelchairs);
    expect(result.report.plan?.places).toBe(counted.places);
    expect(() => compileSeatMap(map)).not.toThrow();
    // Every seat has one category of those that the report counts.
    const counts = result.report.plan?.categories.map(({ places }) => places) ?? [];
    expect(counts.reduce((a, b) => a + b)).toBe(counted.places);
    expect(drawPicture(map)).toMatch(/^<svg /);
  });

  it('theatre.csv: even and odd seats are neighbours, prices are told, the report is short', () => {
    const result = read('theatre.csv');
    const map = compileSeatMap(mapOf(result));
    expect(result.report.plan).toMatchObject({
      zones: ['Parkett', 'Balkon, links', 'Stehplätze'],
      standing: 40,
      companionSeats: 1,
      categories: [
        { name: 'I', price: '24.50', places: 36 },
        { name: 'II', price: '18.00', places: 60 },
        { name: 'III', price: '12.00', places: 16 },
        { name: 'Steh', price: '8.00', places: 40 },
      ],
    });
    expect(notesOf(result)).toContain('guessed_positions');
    expect(notesOf(result)).not.toContain('undeclared_category');
    expect(new Set(result.report.plan?.categories.map(({ color }) => color)).size).toBe(4);
    expect(JSON.stringify(result.report).length).toBeLessThan(3_000);
    expect(map.blocks.filter(({ length }) => length === 12)).toHaveLength(8);
  });

  it('club.csv: rows are bent, and the love seats are pairs', () => {
    const map = compileSeatMap(mapOf(read('club.csv')));
    expect(map.blocks.map(({ length }) => length).sort()).toEqual([10, 10, 10, 10, 10, 6]);
    expect(map.data.pairs.map((pair) => pair.map((seat) => map.data.seats.label[seat]))).toEqual([
      ['F-1', 'F-2'],
      ['F-3', 'F-4'],
      ['F-5', 'F-6'],
    ]);
  });

  it('studio.rows.txt: blocks, pairs and companions are where they were typed', () => {
    const result = read('studio.rows.txt');
    const map = mapOf(result);
    const label = (seat: number) => map.seats.label[seat];
    expect(map.name).toBe('Studio 2');
    expect(map.companions.map(([companion, space]) => [label(companion), label(space)])).toEqual([
      ['E-2', 'E-1'],
      ['E-11', 'E-12'],
    ]);
    expect(map.pairs).toHaveLength(6);
    const compiled = compileSeatMap(map);
    expect(compiled.left[map.seats.label.indexOf('A-6')]).toBe(-1);
    expect(compiled.right[map.seats.label.indexOf('F-7')]).toBe(-1);
    expect(result.report.questions).toEqual([]);
    // The screen is at the top, so the best seats are behind the middle of the hall.
    expect(map.focalPoint.y).toBeGreaterThan(map.size.height / 2);
  });

  it('town-hall.seatsio.json: tables, sections, standing and the focal point', () => {
    const map = mapOf(read('town-hall.seatsio.json'));
    expect(map.tables).toHaveLength(1);
    expect(map.areas).toMatchObject([{ name: 'Floor', count: 150, width: 240, height: 60 }]);
    expect(map.zones.map(({ name }) => name)).toEqual(['Main', 'Gallery', 'Floor']);
    const seat = map.seats.label.indexOf('A-1');
    const gallery = map.seats.label.indexOf('G-1');
    expect(map.seats.x[gallery]! - map.seats.x[seat]!).toBe(300);
    expect(map.focalPoint.x - map.seats.x[seat]!).toBe(110);
    expect(map.seats.y[seat]! - map.focalPoint.y).toBe(60);
  });

  it('hall.svg: middles of shapes through transforms, as Chromium has them', () => {
    const map = mapOf(read('hall.svg'));
    const at = (label: string) => {
      const [seat, first] = [map.seats.label.indexOf(label), map.seats.label.indexOf('A-1')];
      return [map.seats.x[seat]! - map.seats.x[first]! + 88, map.seats.y[seat]! - map.seats.y[first]! + 60];
    };
    // Measured with getBBox and getCTM in Chromium 156.
    expect(at('C-8')).toEqual([284, 120]);
    expect(at('BOX-1')).toEqual([27, 243]);
    expect(at('D-1')).toEqual([116, 166]);
    expect(at('E-1')).toEqual([148, 222]);
    expect(at('E-2')).toEqual([188, 222]);
    expect(map.categories.map(({ name }) => name)).toEqual(['vip', 'plain']);
    expect(map.decorations.map(({ text }) => text?.value)).toEqual(['SCREEN']);
    expect(notesOf(read('hall.svg'))).toContain('ignored_object');
  });

  it('screen-5.grid.json: an empty cell is an aisle, and an index times the pitch a place', () => {
    const map = mapOf(read('screen-5.grid.json'));
    const compiled = compileSeatMap(map);
    expect(compiled.blocks.map(({ length }) => length)).toEqual(Array(7).fill([3, 8, 3]).flat());
    const [a, d] = [map.seats.label.indexOf('A-1'), map.seats.label.indexOf('D-2')];
    expect([map.seats.x[d]! - map.seats.x[a]!, map.seats.y[d]! - map.seats.y[a]!]).toEqual([28, 4 * 34]);
  });
});

describe('the real plan', () => {
  const path = ['../shared/data/seating-plan.pretix-sample.json'].find(existsSync);
  it.runIf(path)('has as many places as its text, bare and as the API gives it', () => {
    const text = readFileSync(path!, 'utf8');
    const bare = json(JSON.parse(text));
    expect(mapOf(bare).seats.label).toHaveLength(countPretix(text));
    const api = json({ id: 7, name: 'From the API', layout: JSON.parse(text) });
    expect(mapOf(api).seats).toEqual(mapOf(bare).seats);
    expect(bare.report.notes.length).toBeLessThan(20);
    expect(bare.report.notes.every(({ examples }) => examples.length <= 3)).toBe(true);
  });
});
