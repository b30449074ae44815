/** Reads the QR codes of a PDF off its pages, by what is painted there. */
import { inflateSync } from 'node:zlib';
import { readCodes } from '../../integration/tickets/read-qr.js';

/** Pixels a point: a module of our codes is then some ten pixels wide. */
const SCALE = 3;
const WHITE = 255;

type Matrix = readonly [number, number, number, number, number, number];
type Point = readonly [number, number];
interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** What the code of each page says, page by page. @throws Error for a page without exactly one code. */
export async function readPdfCodes(pdf: Uint8Array): Promise<string[]> {
  const codes: string[] = [];
  for (const [number, picture] of picturesOf(Buffer.from(pdf)).entries()) {
    const found = await readCodes(picture as ImageData);
    if (found.length !== 1) throw new Error(`Page ${number + 1} has ${found.length} codes.`);
    codes.push(found[0]?.text ?? '');
  }
  return codes;
}

function picturesOf(pdf: Buffer): Picture[] {
  const text = pdf.toString('latin1');
  const pages = [...text.matchAll(/\/Type \/Page\b[\s\S]*?endobj/g)].map(([page]) => page);
  return pages.map((page) => {
    const [, width = 0, height = 0] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(page)?.map(Number) ?? [];
    const contents = /\/Contents (\d+) 0 R/.exec(page)?.[1];
    const at = text.indexOf(`\n${contents} 0 obj`);
    const length = Number(/\/Length (\d+)/.exec(text.slice(at))?.[1]);
    const from = text.indexOf('stream\n', at) + 'stream\n'.length;
    return paint(inflateSync(pdf.subarray(from, from + length)).toString('latin1'), width, height);
  });
}

/**
 * Fills shapes as the operators of ISO 32000 say, each as the rectangle around it: codes are made of rectangles. Text and lines
 * are left out.
 */
function paint(content: string, width: number, height: number): Picture {
  const picture = { width: Math.ceil(width * SCALE), height: Math.ceil(height * SCALE) };
  const data = new Uint8ClampedArray(picture.width * picture.height * 4).fill(WHITE);
  const fill = (shape: readonly Point[], level: number) => {
    const [xs, ys] = [shape.map(([x]) => x * SCALE), shape.map(([, y]) => picture.height - y * SCALE)];
    const [left, right] = [Math.round(Math.min(...xs)), Math.round(Math.max(...xs))];
    for (let y = Math.round(Math.min(...ys)); y < Math.round(Math.max(...ys)); y++) {
      for (let x = left; x < right; x++) data.fill(level, 4 * (y * picture.width + x), 4 * (y * picture.width + x) + 3);
    }
  };
  let state: { readonly matrix: Matrix; readonly level: number } = { matrix: [1, 0, 0, 1, 0, 0], level: 0 };
  const saved: (typeof state)[] = [];
  let shapes: Point[][] = [];
  let numbers: number[] = [];
  const to = (x = 0, y = 0): Point => {
    const [a, b, c, d, e, f] = state.matrix;
    return [a * x + c * y + e, b * x + d * y + f];
  };
  const operators: Readonly<Record<string, (...operands: number[]) => void>> = {
    q: () => saved.push(state),
    Q: () => {
      state = saved.pop() ?? state;
    },
    cm: (...by) => {
      state = { ...state, matrix: product(by as unknown as Matrix, state.matrix) };
    },
    scn: (...colour) => {
      state = { ...state, level: (WHITE * colour.reduce((sum, part) => sum + part, 0)) / Math.max(1, colour.length) };
    },
    m: (x, y) => shapes.push([to(x, y)]),
    l: (x, y) => shapes.at(-1)?.push(to(x, y)),
    re: (x = 0, y = 0, w = 0, h = 0) => shapes.push([to(x, y), to(x + w, y), to(x + w, y + h), to(x, y + h)]),
    f: () => shapes.forEach((shape) => void fill(shape, state.level)),
  };
  for (const token of content.replaceAll(/BT[\s\S]*?ET/g, '').split(/\s+/)) {
    if (/^[-+.\d]+$/.test(token)) numbers.push(Number(token));
    else {
      operators[token]?.(...numbers);
      numbers = [];
      if (/^(f\*?|S|s|n|B)$/.test(token)) shapes = [];
    }
  }
  return { ...picture, data };
}

function product([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}
