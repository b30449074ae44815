/**
 * Reads single values out of foreign JSON. Only own members are read, so that a key such as `__proto__` or
 * `constructor` is never more than an unknown key.
 */
import type { Findings } from './findings.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Far beyond any hall, and far below where sums of three coordinates lose their thousandths. */
const COORDINATE_MAX = 10_000_000;
const GUID_LENGTH_MAX = 256;
const NUMERIC = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
/** Control characters and lone surrogates: databases refuse them and nobody can read them. */
const UNREADABLE = /[\p{Cc}\p{Cs}]/gu;
/** What has no width: marks of direction, soft hyphens, joiners. Two texts that differ in these only look the same. */
const INVISIBLE = /\p{Cf}/gu;
const COLOR = /^[#\w(),.%\s/-]{1,64}$/;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function member(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A number to thousandths, or a string that spells one (a repair). Anything else is a problem and undefined. */
export function readNumber(findings: Findings, value: unknown, path: string): number | undefined {
  let number = value;
  if (typeof value === 'string' && value.length <= 40 && NUMERIC.test(value)) {
    number = Number(value);
    findings.repair(path, 'numeric_string', `The text "${value.trim()}" was read as a number.`);
  }
  if (typeof number !== 'number' || Number.isNaN(number)) {
    findings.problem(path, 'must be a number');
    return undefined;
  }
  if (Math.abs(number) > COORDINATE_MAX) {
    findings.problem(path, `must be within ±${COORDINATE_MAX}`);
    return undefined;
  }
  return roundCoordinate(number);
}

/** A point in plan units; a problem and undefined where it is not an object of two numbers. */
export function readPoint(findings: Findings, value: unknown, path: string): Point | undefined {
  const object = asObject(value);
  if (object === undefined) {
    findings.problem(path, 'must be an object with x and y');
    return undefined;
  }
  const x = readNumber(findings, member(object, 'x'), `${path}.x`);
  const y = readNumber(findings, member(object, 'y'), `${path}.y`);
  return x === undefined || y === undefined ? undefined : { x, y };
}

/** Text or a number as readable text, cut to `lengthMax`; empty where there is none. */
export function readText(findings: Findings, value: unknown, path: string, lengthMax: number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value).slice(0, lengthMax);
  if (typeof value !== 'string') return '';
  const text = value.replace(INVISIBLE, '').replace(UNREADABLE, ' ').replace(/\s+/g, ' ').trim().normalize('NFC');
  if (text.length <= lengthMax) return text;
  findings.repair(path, 'text_cut', `The text was cut to ${lengthMax} characters.`);
  return cutText(text, lengthMax);
}

/** A `seat_guid`. It is compared by value only, so a long one is cut without a word. */
export function readGuid(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? cutText(value, GUID_LENGTH_MAX) : '';
}

/** Cuts without leaving half of a surrogate pair or a blank at the end. */
export function cutText(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replace(UNREADABLE, '').trim();
}

/** Colours end up in style sheets and canvases of clients, so only what looks like one passes. */
export function readColor(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const color = value.trim();
  return COLOR.test(color) ? color : undefined;
}

/** Thousandths of a plan unit: floats such as 0.30000000000000004 would otherwise make two hashes of one hall. */
export function roundCoordinate(value: number): number {
  return Math.round(value * 1000) / 1000 + 0;
}
