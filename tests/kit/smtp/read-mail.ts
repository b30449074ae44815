/** Reads a mail as a mail program does, as far as ours use MIME: RFC 2045 to 2047. */

export interface ReadMail {
  /** By lower-case names, decoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** With line breaks of one sign. */
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly filename: string; readonly type: string; readonly content: Buffer }[];
}

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string;
  readonly body: Buffer;
}

/** @throws Error where a part is missing, or comes twice. */
export function readMail(raw: string | Buffer): ReadMail {
  const root = partOf(Buffer.from(raw).toString('latin1'));
  const leaves = leavesOf(root);
  const only = (type: string) => {
    const found = leaves.filter((leaf) => leaf.type === type && filenameOf(leaf) === undefined);
    if (found.length !== 1) throw new Error(`The mail has ${found.length} parts of ${type}.`);
    return found[0]?.body.toString('utf8').replaceAll('\r\n', '\n') ?? '';
  };
  return {
    headers: root.headers,
    text: only('text/plain'),
    html: only('text/html'),
    attachments: leaves.flatMap((leaf) => {
      const filename = filenameOf(leaf);
      return filename === undefined ? [] : [{ filename, type: leaf.type, content: leaf.body }];
    }),
  };
}

function partOf(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = wordsOf(line.slice(colon + 1).trim());
  }
  const type = (headers['content-type'] ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '';
  return { headers, type, body: bodyOf(raw.slice(end + 4), headers['content-transfer-encoding'] ?? '7bit') };
}

function leavesOf(part: Part): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(part.headers['content-type'] ?? '')?.[1];
  if (!part.type.startsWith('multipart/') || boundary === undefined) return [part];
  const pieces = `\r\n${part.body.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1, -1);
  return pieces.flatMap((piece) => leavesOf(partOf(piece.replace(/^\r\n/, ''))));
}

function bodyOf(text: string, encoding: string): Buffer {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(text, 'base64');
  if (encoding.toLowerCase() !== 'quoted-printable') return Buffer.from(text, 'latin1');
  const whole = text.replaceAll(/=\r\n/g, '');
  return Buffer.from(
    whole.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** Encoded words, also where one letter is in two of them. */
function wordsOf(value: string): string {
  const joined = value.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/(?:=\?utf-8\?[BQ]\?[^?]*\?=)+/gi, (run) =>
    Buffer.concat(
      [...run.matchAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi)].map(([, kind = '', text = '']) =>
        kind.toUpperCase() === 'B'
          ? Buffer.from(text, 'base64')
          : bodyOf(text.replaceAll('_', ' '), 'quoted-printable'),
      ),
    ).toString('utf8'),
  );
}

function filenameOf({ headers }: Part): string | undefined {
  return /filename="?([^";]+)"?/.exec(headers['content-disposition'] ?? '')?.[1];
}
