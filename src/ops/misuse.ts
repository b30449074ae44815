/** What was asked cannot be done, by its very words: an unknown option, node or showtime. Exit code 2. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** One line for people. Errors of connections may have a code and no message. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message.split('\n')[0] || code || error.name;
}
