import { etagOf, makeDocument } from '../../http/document.js';
import type { Rendered } from '../../http/endpoint.js';

/** What is shown of a value, and until when that stays as it is. */
export interface Shown {
  readonly body: object;
  readonly freshUntil: number;
}

interface Made {
  readonly rendered: Rendered;
  readonly freshUntil: number;
}

/**
 * The JSON of values, rendered and compressed once for as long as the very same value is given and what is shown of it stays
 * fresh. Where it turns out to be the same text after that, it is not compressed again.
 */
export class RenderedPages<Value extends object> {
  readonly #show: (value: Value) => Shown | Promise<Shown>;
  readonly #now: () => number;
  readonly #made = new WeakMap<Value, Made>();
  readonly #making = new WeakMap<Value, Promise<Rendered>>();

  constructor(show: (value: Value) => Shown | Promise<Shown>, now: () => number) {
    this.#show = show;
    this.#now = now;
  }

  of(value: Value): Rendered | Promise<Rendered> {
    const before = this.#made.get(value);
    if (before && this.#now() < before.freshUntil) return before.rendered;
    const making = this.#making.get(value);
    if (making) return making;
    const rendered = this.#make(value, before).finally(() => this.#making.delete(value));
    this.#making.set(value, rendered);
    return rendered;
  }

  async #make(value: Value, before: Made | undefined): Promise<Rendered> {
    const { body, freshUntil } = await this.#show(value);
    const plain = Buffer.from(JSON.stringify(body));
    const etag = etagOf(plain);
    const isSame = before?.rendered.headers.etag === etag;
    const rendered = isSame
      ? before.rendered
      : { document: await makeDocument(plain, 'quick'), headers: headersOf(etag) };
    this.#made.set(value, { rendered, freshUntil });
    return rendered;
  }
}

/** `no-cache`: asked for again each time, and answered by 304 while nothing changed. */
function headersOf(etag: string) {
  return { 'content-type': 'application/json', 'cache-control': 'no-cache', etag };
}
