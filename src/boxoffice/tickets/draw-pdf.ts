import PDFDocument from 'pdfkit';
import { pdfFonts } from './pdf-fonts.js';
import { qrModules, qrPath } from './qr-picture.js';
import type { TicketSheet } from './ticket-sheet.js';

/** A6 in points: as large as a hand, and a screen of a phone shows it whole. */
const PAGE = { width: 297.64, height: 419.53 };
const MARGIN = 26;
const WIDTH = PAGE.width - 2 * MARGIN;
/** With the light margin: a module is 1.6 mm wide, which is read from paper at arm's length. */
const QR = 168;
const QR_MIN = 120;
const FOOTER_TOP = PAGE.height - MARGIN - 26;
/** Of the labels of fields that stand one below the other. */
const LABEL = 48;
const INK = '#111';
const GREY = '#555';

/** Draws tickets as a PDF, one a page. It costs some milliseconds of a core, and belongs into a thread of its own. */
export async function drawPdf(sheets: readonly TicketSheet[]): Promise<Buffer> {
  const [first] = sheets;
  const { regular, bold } = pdfFonts();
  const document = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    // Without it pdfkit reads a font of its own for each document.
    font: '',
    lang: first?.lang ?? 'en',
    displayTitle: true,
    info: {
      Title: first?.title ?? '',
      CreationDate: new Date(first?.issuedAt ?? 0),
      Producer: 'Usher',
      Creator: 'Usher',
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  // By name, since pdfkit compares the tables of fonts that it is handed again and again. It also takes open fonts; its types do not
  // say so.
  document.registerFont('regular', regular as unknown as string).registerFont('bold', bold as unknown as string);
  for (const sheet of sheets) {
    document.addPage();
    new Sheet(document).draw(sheet);
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/** One page, from top to bottom. */
class Sheet {
  readonly #document: PDFKit.PDFDocument;
  #y = MARGIN - 4;

  constructor(document: PDFKit.PDFDocument) {
    this.#document = document;
  }

  draw(sheet: TicketSheet): void {
    const title = sheet.rating === '' ? sheet.title : `${sheet.title} (${sheet.rating})`;
    this.#text(title, { font: 'bold', size: this.#fits(title, 17, 2) ? 17 : 12, lines: 2, gap: 3 });
    this.#text(sheet.when, { font: 'bold', size: 10.5, lines: 2, gap: 2 });
    this.#text(sheet.venue, { size: 9.5, lines: 1 });
    if (sheet.address !== '') this.#text(sheet.address, { size: 9.5, color: GREY, lines: 1 });
    this.#fields(sheet.fields);
    this.#code(sheet);
    this.#footer(sheet);
  }

  /** Side by side where each fits into its column, else one below the other: a seat is never cut. */
  #fields(fields: TicketSheet['fields']): void {
    this.#y += 7;
    this.#rule(this.#y);
    const column = WIDTH / fields.length;
    const sizes = fields.map(({ value }) => [14, 11, 9].find((size) => this.#widthOf(value, size) <= column - 8));
    if (sizes.some((size) => size === undefined)) this.#stack(fields);
    else {
      const top = this.#y + 6;
      for (const [at, { label, value }] of fields.entries()) {
        const size = sizes[at] ?? 9;
        const left = MARGIN + at * column;
        this.#line(label, left, top, column, { size: 7.5, color: GREY });
        this.#line(value, left, top + 10 + (14 - size) / 2, column, { font: 'bold', size });
      }
      this.#y = top + 33;
    }
    this.#rule(this.#y);
  }

  #stack(fields: TicketSheet['fields']): void {
    this.#y += 5;
    for (const { label, value } of fields) {
      this.#line(label, MARGIN, this.#y + 2, LABEL, { size: 7.5, color: GREY });
      const size = this.#widthOf(value, 10.5) <= 1.7 * (WIDTH - LABEL) ? 10.5 : 8;
      this.#text(value, { font: 'bold', size, lines: 3, left: LABEL, gap: 1 });
    }
    this.#y += 4;
  }

  #code({ code, reference }: TicketSheet): void {
    const modules = qrModules(code);
    // What a long title and long names leave, and never less than can be read.
    const side = Math.max(QR_MIN, Math.min(QR, FOOTER_TOP - this.#y - 14));
    const left = (PAGE.width - side) / 2;
    const top = this.#y + 2;
    const document = this.#document;
    document.save();
    document.rect(left, top, side, side).fill('#fff');
    document.translate(left, top).scale(side / modules.length);
    document.path(qrPath(modules)).fill('#000');
    document.restore();
    this.#y = top + side;
    this.#line(reference, MARGIN, this.#y - 8, WIDTH, { font: 'bold', size: 11, align: 'center', spacing: 1 });
  }

  #footer({ help, order, owner }: TicketSheet): void {
    const bottom = PAGE.height - MARGIN + 6;
    this.#line(order, MARGIN, bottom - 9, WIDTH / 2, { size: 7.5, color: GREY });
    this.#line(owner, MARGIN + WIDTH / 2, bottom - 9, WIDTH / 2, { size: 7.5, color: GREY, align: 'right' });
    this.#y = FOOTER_TOP;
    this.#text(help, { size: 7.5, color: GREY, lines: 2, align: 'center' });
  }

  #rule(y: number): void {
    this.#document
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + WIDTH, y)
      .lineWidth(0.5)
      .strokeColor('#bbb')
      .stroke();
  }

  /** Text over the width from `left` on, at most so many lines, and on with the next below it. */
  #text(text: string, style: Style & { readonly lines: number; readonly gap?: number; readonly left?: number }): void {
    this.#pen(style);
    const lineHeight = this.#document.currentLineHeight(true);
    const { left = 0, lines, align = 'left' } = style;
    const options = { width: WIDTH - left, height: lineHeight * lines + 1, ellipsis: true, align };
    this.#document.text(text, MARGIN + left, this.#y, options);
    this.#y = this.#document.y + (style.gap ?? 0);
  }

  /** One line at a place, cut where it is too long. */
  #line(text: string, x: number, y: number, width: number, style: Style): void {
    this.#pen(style);
    const height = this.#document.currentLineHeight(true) + 1;
    const { align = 'left', spacing = 0 } = style;
    this.#document.text(text, x, y, { width, height, ellipsis: true, align, characterSpacing: spacing });
  }

  #pen({ font = 'regular', size, color = INK }: Style): void {
    this.#document.font(font, size).fillColor(color);
  }

  #widthOf(text: string, size: number): number {
    this.#pen({ font: 'bold', size });
    return this.#document.widthOfString(text);
  }

  #fits(text: string, size: number, lines: number): boolean {
    // Lines break between words, which leaves some of each empty.
    return this.#widthOf(text, size) <= WIDTH * lines * 0.85;
  }
}

interface Style {
  readonly font?: 'regular' | 'bold';
  readonly size: number;
  readonly color?: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly spacing?: number;
}
