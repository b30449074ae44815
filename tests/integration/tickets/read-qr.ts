import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, type ReadResult, readBarcodes } from 'zxing-wasm/reader';

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
// Without it, the reader fetches its module from the network.
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } });

/** The QR codes of a PNG or of pixels, as the reader of the ZXing project sees them. */
export function readCodes(picture: Uint8Array | ImageData): Promise<ReadResult[]> {
  return readBarcodes(picture, { formats: ['QRCode'] });
}

/** What the only QR code of a PNG says. */
export async function readQr(png: Uint8Array): Promise<string> {
  const codes = await readCodes(png);
  if (codes.length !== 1) throw new Error(`The picture has ${codes.length} codes.`);
  return codes[0]?.text ?? '';
}
