import type { Findings } from '../../../core/import/findings.js';

/** The text of a file, by its byte-order mark, else as UTF-8, else as what spreadsheets on Windows write. */
export function decodeText(bytes: Uint8Array, findings: Findings): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    findings.repair('', 'guessed_encoding', 'The file is not UTF-8; it was read as Windows-1252.');
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * The lines of a text; line n of the file is element n − 1. A carriage return that ends no line is taken out and told,
 * since it would make another seat of "7". In a file without line feeds the carriage returns end the lines.
 */
export function splitLines(text: string, findings: Findings): string[] {
  if (!text.includes('\n')) return text.split('\r');
  return text.split('\n').map((raw, index) => {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (!line.includes('\r')) return line;
    findings.repair(`line ${index + 1}`, 'stray_carriage_return', 'A carriage return within the line was taken out.');
    return line.replaceAll('\r', '');
  });
}
