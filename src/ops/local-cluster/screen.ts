/** What there is of process.stdout. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const HOME = '\x1b[H';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_LINE_END = '\x1b[K';
const NOTES_MAX = 5;

/** A terminal that is drawn over, or anything else, to which is added what is new. */
export class Screen {
  readonly #out: Output;
  #notes: string[] = [];
  #head: readonly string[] = [];
  #body: readonly string[] | undefined;

  constructor(out: Output) {
    this.#out = out;
  }

  /** A line that is worth keeping; of a terminal the last few are kept. */
  note(line: string): void {
    this.#notes = [...this.#notes, line].slice(-NOTES_MAX);
    if (!this.#out.isTTY || !this.#body) this.#out.write(`${line}\n`);
    else this.#redraw(this.#body);
  }

  /** Stays at the top from now on. */
  head(lines: readonly string[]): void {
    this.#head = lines;
    if (!this.#out.isTTY) this.#out.write(`${lines.join('\n')}\n`);
  }

  draw(body: readonly string[]): void {
    if (this.#out.isTTY) this.#redraw(body);
    else if (body.join('\n') !== this.#body?.join('\n')) this.#out.write(`\n${body.join('\n')}\n`);
    this.#body = body;
  }

  /** From now on lines come one after the other again. */
  end(): void {
    this.#body = undefined;
  }

  #redraw(body: readonly string[]): void {
    const { columns = 80, rows = 24 } = this.#out;
    const all = [...this.#head, '', ...body, ...(this.#notes.length > 0 ? ['', ...this.#notes] : [])];
    // One line less than there are, or the terminal scrolls; and no line may wrap.
    const fitting = all.length < rows ? all : [...all.slice(0, rows - 2), '…'];
    const text = fitting.map((line) => line.slice(0, columns) + CLEAR_LINE_END).join('\n');
    this.#out.write(`${HOME}${text}\n${CLEAR_BELOW}`);
  }
}
