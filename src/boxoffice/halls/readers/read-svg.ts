/**
 * An SVG drawing with a shape a seat, whose ids name the seats. The file is read as text by an XML parser: nothing of it is
 * ever drawn, run or fetched. Positions are the middles of shapes, through all transforms.
 */
import { SaxesParser } from 'saxes';
import { DECORATIONS_MAX, SEATS_MAX } from '../../../core/import/draft.js';
import type { Findings } from '../../../core/import/findings.js';
import { type Point, roundCoordinate } from '../../../core/import/read-value.js';
import { sightOf } from '../../../core/import/stage-words.js';
import type { ImportOptions } from '../import-options.js';
import { emptyPlan, type PlanDraft, type SeatKind } from '../plan-draft.js';
import { type ReadId, type SeatName, seatIds } from './seat-ids.js';
import { categoriesByLook, type Look } from './svg-categories.js';
import {
  type Attributes,
  IDENTITY,
  type Matrix,
  middleOf,
  multiply,
  readTransform,
  transformed,
} from './svg-geometry.js';

const DEPTH_MAX = 200;
const ELEMENTS_MAX = 1_000_000;
/** What is in there is not drawn where it stands. */
const HIDDEN = new Set(['defs', 'symbol', 'clippath', 'mask', 'pattern', 'marker', 'metadata', 'foreignobject']);
const KINDS: readonly (readonly [SeatKind, RegExp])[] = [
  ['wheelchair', /wheelchair|accessible|rollstuhl|\bada\b|\bpmr\b/i],
  ['companion', /companion|begleit/i],
  ['pair', /loveseat|love-seat|\bpair\b/i],
];

/** Of a seat in a group that is named after its row. */
const OWN_NUMBER = /^(?:seat|platz)?[-_ ]?(\d{1,5})$/i;

interface Open {
  readonly name: string;
  readonly attributes: Attributes;
  readonly own: Matrix;
  readonly matrix: Matrix;
  readonly isHidden: boolean;
  readonly zone: string;
  readonly row: string;
  readonly look: Look;
  /** The seat that this element is, or is a part of. */
  readonly seat: FoundSeat | undefined;
}

interface FoundSeat {
  readonly line: number;
  readonly id: string;
  readonly name: SeatName;
  readonly kind: SeatKind;
  readonly look: Look;
  middle: Point | undefined;
  /** A `use`: of which element, and where it puts that. */
  uses: { readonly id: string; readonly matrix: Matrix } | undefined;
}

export function readSvg(text: string, options: ImportOptions, findings: Findings): PlanDraft | undefined {
  const reader = new SvgReader(seatIds(options.ids), findings);
  return reader.read(text);
}

class SvgReader {
  readonly #plan = emptyPlan();
  readonly #readId: ReadId;
  readonly #findings: Findings;
  readonly #open: Open[] = [];
  readonly #found: FoundSeat[] = [];
  /** The middles of elements that a `use` may put elsewhere, within themselves. */
  readonly #middles = new Map<string, Point>();
  readonly #styles: string[] = [];
  #text: { readonly at: Point; said: string } | undefined;
  #elements = 0;
  #shapes = 0;

  constructor(readId: ReadId, findings: Findings) {
    this.#readId = readId;
    this.#findings = findings;
  }

  read(text: string): PlanDraft | undefined {
    const parser = new SaxesParser({ position: true, xmlns: false } as const);
    let fault: string | undefined;
    parser.on('error', ({ message }) => {
      fault ??= message.replace(/^(undefined:)?\d+:\d+: /, '');
      if (this.#findings.problems.length === 0) {
        this.#findings.problem(`line ${parser.line}`, `this is no XML: ${fault.slice(0, 200)}`, 'not_readable');
      }
    });
    parser.on('doctype', (doctype) => declareEntities(doctype, parser.ENTITIES));
    parser.on('opentag', ({ name, attributes }) => {
      if (fault === undefined) this.#start(localName(name), attributes, parser.line);
    });
    parser.on('closetag', () => this.#end());
    parser.on('text', (said) => this.#say(said));
    parser.on('cdata', (said) => this.#say(said));
    // In pieces, so that a file that is wrong at its start is not read to its end.
    for (let at = 0; at < text.length && fault === undefined && !this.#isTooLarge; at += 65_536)
      parser.write(text.slice(at, at + 65_536));
    if (fault === undefined && !this.#isTooLarge) parser.close();
    if (this.#found.length > SEATS_MAX) this.#findings.problem('', `more than ${SEATS_MAX} seats`, 'too_many');
    if (this.#elements > ELEMENTS_MAX) this.#findings.problem('', `more than ${ELEMENTS_MAX} elements`, 'too_many');
    if (this.#findings.problems.length > 0) return undefined;
    this.#finish();
    return this.#plan;
  }

  get #isTooLarge(): boolean {
    return this.#elements > ELEMENTS_MAX || this.#found.length > SEATS_MAX;
  }

  #start(name: string, attributes: Attributes, line: number): void {
    this.#elements++;
    const parent = this.#open.at(-1);
    if (this.#open.length > DEPTH_MAX || this.#elements > ELEMENTS_MAX) {
      if (this.#open.length > DEPTH_MAX) this.#findings.problem(`line ${line}`, 'nested too deep', 'too_many');
      this.#open.push(parent as Open);
      return;
    }
    const own = transformOf(name, attributes, line, this.#findings);
    const matrix = multiply(parent?.matrix ?? IDENTITY, own);
    const isHidden =
      parent?.isHidden === true ||
      HIDDEN.has(name) ||
      /display\s*:\s*none/.test(attributes.style ?? '') ||
      attributes.display === 'none';
    this.#noteScripts(name, attributes, line);
    const zone =
      attributes['data-zone'] ??
      attributes['data-section'] ??
      namedBy(attributes, 'zone|section|block') ??
      parent?.zone ??
      '';
    const row = attributes['data-row'] ?? namedBy(attributes, 'row|reihe') ?? parent?.row ?? '';
    const look = lookOf(attributes, parent?.look);
    const open = { name, attributes, own, matrix, isHidden, zone, row, look };
    const seat = parent?.seat ?? (isHidden ? undefined : this.#seatOf(open, line));
    this.#open.push({ ...open, seat });
    this.#place(name, attributes, matrix, seat, isHidden, line);
  }

  /** Takes the middle of a shape for its seat, for what a `use` may put elsewhere, or for a stage. */
  #place(
    name: string,
    attributes: Attributes,
    matrix: Matrix,
    seat: FoundSeat | undefined,
    isHidden: boolean,
    line: number,
  ): void {
    if (name === 'text' && !isHidden && seat === undefined) {
      const [x, y] = [Number.parseFloat(attributes.x ?? '0') || 0, Number.parseFloat(attributes.y ?? '0') || 0];
      this.#text = { at: transformed(matrix, { x, y }), said: '' };
    }
    if (name === 'use' && seat !== undefined && seat.middle === undefined) {
      const id = (attributes.href ?? attributes['xlink:href'] ?? '').replace(/^#/, '');
      seat.uses ??= { id, matrix };
    }
    const middle = middleOf(name, attributes);
    if (middle === undefined) return;
    this.#rememberMiddle(middle);
    if (isHidden) return;
    if (seat) seat.middle ??= transformed(matrix, middle);
    else {
      this.#shapes++;
      const label = attributes.id ?? attributes['inkscape:label'] ?? '';
      if (sightOf(label.replace(/[_-]/g, ' ')) !== undefined) this.#draw(label, transformed(matrix, middle));
      if (this.#shapes === 1)
        this.#findings.repair(`line ${line}`, 'ignored_object', 'Shapes without the id of a seat are not read.');
    }
  }

  #seatOf(open: Omit<Open, 'seat'>, line: number): FoundSeat | undefined {
    const { attributes } = open;
    // What somebody called it in the editor counts more than what the editor calls it.
    const ids = [attributes['inkscape:label'], attributes['data-name'], attributes.id];
    const number = attributes['data-seat'] ?? attributes['data-number'] ?? attributes['data-seat-number'];
    const id = ids.find((one) => one !== undefined) ?? `${open.row}-${number}`;
    const isShape = open.name !== 'svg' && open.name !== 'text' && open.name !== 'tspan';
    if (!isShape || (open.name === 'g' && namedBy(attributes, 'zone|section|block|row|reihe') !== undefined))
      return undefined;
    const own = ids.map((one) => OWN_NUMBER.exec(one ?? '')?.[1]).find((one) => one !== undefined);
    const ofRow = open.row === '' ? undefined : (number ?? own);
    const name =
      ofRow === undefined
        ? ids.map((one) => (one === undefined ? undefined : this.#readId(one))).find((one) => one !== undefined)
        : { zone: open.zone, row: open.row, number: ofRow };
    if (name === undefined) return undefined;
    const words = `${id} ${attributes.class ?? ''} ${attributes['data-type'] ?? ''}`;
    const kind = KINDS.find(([, word]) => word.test(words))?.[0] ?? 'seat';
    const full = { ...name, zone: name.zone === '' ? open.zone : name.zone };
    const seat = { line, id, name: full, kind, look: open.look, middle: undefined, uses: undefined };
    this.#found.push(seat);
    return seat;
  }

  /** Of every ancestor that a `use` may name, up to 50,000 of them: enough for any hall, and bounded. */
  #rememberMiddle(middle: Point): void {
    if (this.#middles.size > 50_000) return;
    let point = middle;
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const { own, attributes, isHidden } = this.#open[i] as Open;
      if (!isHidden && i < this.#open.length - 1) return;
      point = transformed(own, point);
      if (attributes.id !== undefined && !this.#middles.has(attributes.id)) this.#middles.set(attributes.id, point);
    }
  }

  #end(): void {
    const closed = this.#open.pop();
    if (closed?.name !== 'text' || this.#text === undefined) return;
    this.#draw(this.#text.said, this.#text.at);
    this.#text = undefined;
  }

  #say(said: string): void {
    if (this.#text && this.#text.said.length < 200) this.#text.said += said;
    else if (this.#open.at(-1)?.name === 'style') this.#styles.push(said.slice(0, 100_000));
  }

  #draw(said: string, at: Point): void {
    const value = said.replace(/\s+/g, ' ').trim().slice(0, 200);
    if (value === '' || this.#plan.decorations.length >= DECORATIONS_MAX) return;
    const text = { value, x: 0, y: 0, color: '#333333', size: 16 };
    this.#plan.decorations.push({ shape: 'text', x: at.x, y: at.y, rotation: 0, text });
  }

  #noteScripts(name: string, attributes: Attributes, line: number): void {
    const handler = Object.keys(attributes).find((key) => /^on/i.test(key));
    if (name !== 'script' && handler === undefined) return;
    this.#findings.repair(
      `line ${line}`,
      'ignored_object',
      'A script in the drawing was left out; it was not run.',
      'script',
    );
  }

  #finish(): void {
    const categoryOf = categoriesByLook(
      this.#found.map(({ look }) => look),
      this.#styles.join('\n'),
      this.#plan,
      this.#findings,
    );
    for (const [i, { line, id, name, kind, middle, uses }] of this.#found.entries()) {
      const at = `line ${line}, id ${JSON.stringify(id.slice(0, 60))}`;
      const used = uses && this.#middles.get(uses.id);
      const point = middle ?? (uses && used && transformed(uses.matrix, used));
      if (
        point === undefined ||
        !Number.isFinite(point.x) ||
        !Number.isFinite(point.y) ||
        Math.hypot(point.x, point.y) > 1e7
      ) {
        this.#findings.problem(at, 'this seat has no shape with a position', 'missing_position');
        continue;
      }
      const [x, y] = [roundCoordinate(point.x), roundCoordinate(point.y)];
      this.#plan.seats.push({ at, ...name, category: categoryOf(i), kind, x, y });
    }
    if (this.#found.length === 0) {
      const message = `no id names a seat; say how with the option "ids", such as {zone}-{row}-{seat}`;
      this.#findings.problem('', message, 'no_named_shape');
    }
  }
}

function transformOf(name: string, attributes: Attributes, line: number, findings: Findings): Matrix {
  if (/(^|;)\s*transform\s*:/.test(attributes.style ?? '')) {
    findings.repair(`line ${line}`, 'ignored_object', 'A transform in a style is not read.', 'style');
  }
  const own = attributes.transform === undefined ? IDENTITY : (readTransform(attributes.transform) ?? IDENTITY);
  if (name !== 'use' && name !== 'svg') return own;
  const [x, y] = [Number.parseFloat(attributes.x ?? '0') || 0, Number.parseFloat(attributes.y ?? '0') || 0];
  return multiply(own, [1, 0, 0, 1, x, y]);
}

function lookOf(attributes: Attributes, inherited: Look | undefined): Look {
  const fill = /(?:^|;)\s*fill\s*:\s*([^;]+)/.exec(attributes.style ?? '')?.[1]?.trim() ?? attributes.fill;
  return {
    category: attributes['data-category'] ?? inherited?.category ?? '',
    classes: attributes.class ?? inherited?.classes ?? '',
    fill: fill ?? inherited?.fill ?? '',
  };
}

/** "A" of an id such as `row-A` or `Row A`. */
function namedBy(attributes: Attributes, words: string): string | undefined {
  const id = attributes.id ?? attributes['inkscape:label'] ?? attributes['data-name'] ?? '';
  return new RegExp(`^(?:${words})[-_ ]([\\p{L}\\p{N} ]{1,40})$`, 'iu').exec(id)?.[1];
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}

/** Illustrator declares namespaces as entities. Those without entities in them are taken; they cannot grow. */
function declareEntities(doctype: string, entities: Record<string, string>): void {
  for (const [, name = '', value = ''] of doctype.matchAll(/<!ENTITY\s+(\w{1,40})\s+["']([^"'&<]{0,200})["']\s*>/g)) {
    if (!Object.hasOwn(entities, name)) entities[name] = value;
  }
}
