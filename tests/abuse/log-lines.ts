/** One line of a log of the server. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: number; readonly msg: string };

/**
 * A log as its lines.
 * @throws Error that names the first which is not one JSON object with a level, a time and a message: a forged line, or
 *   the half of one.
 */
export function readLog(text: string): readonly LogLine[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line of the log has no end');
  return lines.map((line) => {
    const read = parsed(line);
    const names = typeof read === 'object' && read !== null ? Object.keys(read) : [];
    if (!['level', 'time', 'msg'].every((name) => names.includes(name))) throw new Error(`no line of a log: ${line}`);
    // What a terminal obeys: control characters of seven and of eight bits.
    if (/\p{Cc}/u.test(line)) throw new Error(`a control character in the log: ${JSON.stringify(line)}`);
    return read as LogLine;
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
