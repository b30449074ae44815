#!/bin/sh
# One expects: a font that a PDFKit document got as its default, and that is also registered under a name, is opened once; switching
#   between it and another by name (`doc.font('regular')`, `doc.font('bold')`) costs a look-up.
# What happens: the other font is opened once, and the default one again at each switch to its name. PDFKit finds out that both are
#   equal by comparing JSON of their name tables, uses the font that it had, and does not remember it under the name.
# Since: seen in pdfkit 0.20.2 on Node 20.20.2, on 2026-11-30. In its source the cause is `font()` of lib/mixins/fonts.js.
# Whom it hurts: whoever draws labels and values in two weights: a ticket of a dozen lines cost 15 % more, and the price grows with
#   each switch. Given as a file or a buffer, the font is parsed again each time.
# Right: `font: ''` as the option, which opens no default, and both fonts registered by name.
# Source: this run.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pdfkit@0.20.2 fontkit@2.0.4 @expo-google-fonts/noto-sans@0.4.2 >/dev/null
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { create } from 'fontkit';
import PDFDocument from 'pdfkit';

const FILES = 'node_modules/@expo-google-fonts/noto-sans';
const SWITCHES = 50;

/** A font that counts how often PDFKit opens it: whoever opens it asks for its units. */
function counting(file) {
  const font = create(readFileSync(`${FILES}/${file}`));
  const counted = { opened: 0, font: undefined };
  counted.font = Object.create(font, {
    unitsPerEm: {
      get() {
        if (/new EmbeddedFont/.test(new Error().stack)) counted.opened++;
        return font.unitsPerEm;
      },
    },
  });
  return counted;
}

function opened(isDefault) {
  const regular = counting('400Regular/NotoSans_400Regular.ttf');
  const bold = counting('700Bold/NotoSans_700Bold.ttf');
  const document = new PDFDocument({ font: isDefault ? regular.font : '', autoFirstPage: false });
  document.registerFont('regular', regular.font).registerFont('bold', bold.font);
  // Each opening reads the units several times: what one opening reads is the unit of the count.
  document.font('bold');
  const once = bold.opened;
  const before = regular.opened;
  for (let i = 0; i < SWITCHES; i++) document.font('regular').font('bold');
  return { regular: (regular.opened - before) / once, bold: bold.opened / once };
}

console.log('pdfkit', JSON.parse(readFileSync('node_modules/pdfkit/package.json', 'utf8')).version);
const asDefault = opened(true);
const byNameOnly = opened(false);
console.log(`${SWITCHES} switches, the regular font is the default too: opened again ${asDefault.regular} times, bold ${asDefault.bold}`);
console.log(`${SWITCHES} switches, both by name only: regular opened ${byNameOnly.regular} times, bold ${byNameOnly.bold}`);
const asRecorded = asDefault.regular === SWITCHES && asDefault.bold === 1 && byNameOnly.regular === 1 && byNameOnly.bold === 1;
console.log(asRecorded ? 'as recorded' : 'CHANGED');
process.exit(asRecorded ? 0 : 1);
JS
node run.mjs
