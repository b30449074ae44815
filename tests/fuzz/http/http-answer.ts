export interface HttpAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/**
 * The answers that lie whole in these bytes, one after the other.
 * @param heads whether the request that each answers was a HEAD, whose answer has no body whatever it says of one.
 * @throws Error where the bytes are no answers.
 */
export function readAnswers(bytes: Buffer, heads: readonly boolean[]): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end < 0) return answers;
    const [first = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(`${first} `)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Error(`no answer: ${JSON.stringify(first.slice(0, 80))}`);
    const headers = new Map<string, string>();
    for (const line of lines)
      headers.set(line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim());
    const start = end + 4;
    const bare = heads[answers.length] === true || status === 100 || status === 204 || status === 304;
    // The library's own refusals say no length, and end with the connection.
    const length = bare ? 0 : Number(headers.get('content-length') ?? bytes.length - start);
    if (start + length > bytes.length) return answers;
    at = start + length;
    if (status !== 100) answers.push({ status, headers, body: bytes.subarray(start, at) });
  }
}
