export interface Violation {
  readonly what: string;
  /** Of the frame that came before it; undefined where it is nobody's frame. */
  readonly number: number | undefined;
  readonly bytes: Buffer | undefined;
  readonly binary: boolean;
}

const SHOWN_BYTES = 200;
/** Past so many nobody reads on: what is wrong is known. */
export const VIOLATIONS_MAX = 500;

/** What went against the protocol, gathered: the first of each kind, and how often. */
export class Violations {
  readonly #first = new Map<string, Violation>();
  readonly #times = new Map<string, number>();
  count = 0;

  add(what: string, frame?: { number?: number; bytes: Buffer; binary: boolean }): void {
    this.count++;
    // Numbers, ids and quotations differ from case to case of one and the same fault.
    const kind = what.replace(/"[^"]*"|[0-9a-f-]{36}|\d+/g, '…');
    this.#times.set(kind, (this.#times.get(kind) ?? 0) + 1);
    if (this.#first.has(kind)) return;
    const { number, bytes, binary = true } = frame ?? {};
    this.#first.set(kind, { what, number, bytes, binary });
  }

  get tooMany(): boolean {
    return this.count >= VIOLATIONS_MAX;
  }

  lines(): string[] {
    return [...this.#first].map(([kind, { what, number, bytes, binary }]) => {
      const times = this.#times.get(kind) ?? 1;
      const frame = bytes
        ? `\n    ${binary ? 'binary' : 'text'}, ${bytes.length} bytes: ${bytes.subarray(0, SHOWN_BYTES).toString('hex')}`
        : '';
      return `${what}${times > 1 ? ` (${times} times)` : ''}${number === undefined ? '' : `; --only ${number}`}${frame}`;
    });
  }
}
