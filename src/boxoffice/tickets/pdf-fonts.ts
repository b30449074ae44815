/**
 * Noto Sans for PDFs: Latin, Cyrillic, Greek and Devanagari in one file. It is read once for all documents; to read it again for
 * each took 50 ms of a core. The fonts that every PDF reader has would print wrong letters from U+0100 on, without an error.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type GlyphRun } from 'fontkit';

const require = createRequire(import.meta.url);
const FILES = {
  regular: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
};
/** Words whose shape is remembered: those of the tickets of one evening are mostly the same. */
const RUNS_MAX = 4_000;

let fonts: Readonly<Record<keyof typeof FILES, Font>> | undefined;

export function pdfFonts(): Readonly<Record<keyof typeof FILES, Font>> {
  fonts ??= { regular: open(FILES.regular), bold: open(FILES.bold) };
  return fonts;
}

function open(file: string): Font {
  const font = create(readFileSync(require.resolve(file)));
  // A collection has several fonts; these files have one each.
  if ('fonts' in font) throw new Error(`${file} is a collection of fonts.`);
  return remembering(font);
}

/** The same font, which lays the same text out once. */
function remembering(font: Font): Font {
  const runs = new Map<string, GlyphRun>();
  const layout: Font['layout'] = (text, ...rest) => {
    // pdfkit passes features for none of our texts.
    if (rest.some((one) => one !== undefined)) return font.layout(text, ...rest);
    const known = runs.get(text) ?? font.layout(text);
    if (runs.size >= RUNS_MAX) runs.clear();
    runs.set(text, known);
    // pdfkit scales the positions in place, so that each document needs its own.
    const positions = known.positions.map((position) => ({ ...position }));
    return Object.assign(Object.create(Object.getPrototypeOf(known)) as GlyphRun, known, { positions });
  };
  return Object.create(font, { layout: { value: layout } }) as Font;
}
