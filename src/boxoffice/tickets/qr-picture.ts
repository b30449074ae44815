/** The code of a ticket as a QR picture: level M, four modules of light margin, black on white whatever page it is on. */
import { deflateSync } from 'node:zlib';
import encodeQR from 'qr';

/** In modules. Without a margin no reader finds a code on a dark page. */
const MARGIN = 4;

/** The modules with their margin, row by row; true is dark. */
export type Modules = readonly (readonly boolean[])[];

/** @param code of the alphabet of `letters.ts`. Another mode than alphanumeric would make the picture a third larger. */
export function qrModules(code: string): Modules {
  return encodeQR(code, 'raw', { ecc: 'medium', encoding: 'alphanumeric', border: MARGIN });
}

/** Dark runs of the rows, as the path of an SVG or a PDF: `M4 4h7v1h-7z…`, one unit a module. */
export function qrPath(modules: Modules): string {
  let path = '';
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      const length = x + 1 - from;
      path += `M${from} ${y}h${length}v1h-${length}z`;
    }
  }
  return path;
}

export function qrSvg(modules: Modules): string {
  const size = modules.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label="QR"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${qrPath(modules)}"/></svg>`;
}

/** @param scale pixels a module. */
export function qrPng(modules: Modules, scale: number): Buffer {
  const size = modules.length * scale;
  const rows = modules.flatMap((row) => {
    // One bit a pixel, the first is the highest; 1 is white. Each line begins with its filter: 0, none.
    const line = Buffer.alloc(1 + Math.ceil(size / 8));
    for (let x = 0; x < size; x++) {
      if (!row[Math.floor(x / scale)]) line[1 + (x >> 3)] = (line[1 + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
    return Array.from({ length: scale }, () => line);
  });
  return png(size, Buffer.from([1, 0]), Buffer.concat(rows));
}

/** A PNG (ISO/IEC 15948) of a square. @param kind bits a sample and colour type; `lines` each begin with their filter. */
export function png(size: number, kind: Buffer, lines: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  kind.copy(header, 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND')]);
}

function chunk(name: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Of ISO 3309, as PNG wants it. The one of node:zlib is not in every version of Node that we run on. */
function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (CRC_TABLE[(rest ^ byte) & 0xff] ?? 0) ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
