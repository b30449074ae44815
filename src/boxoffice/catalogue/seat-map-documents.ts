import { type Document, makeDocument } from '../../http/document.js';

/** A chain has a few dozen halls; the bound is for whoever imports without end. */
const DOCUMENTS_MAX = 64;

/** Seat maps ready to be sent. They never change, so each is read and compressed once. */
export class SeatMapDocuments {
  readonly #files = new Map<string, Promise<Document | undefined>>();
  readonly #read: (hash: string) => Promise<string | undefined>;

  constructor(read: (hash: string) => Promise<string | undefined>) {
    this.#read = read;
  }

  async get(hash: string): Promise<Document | undefined> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return undefined;
    const known = this.#files.get(hash);
    if (known) return await known;
    const loading = this.#load(hash);
    this.#files.set(hash, loading);
    // Neither an absence nor a failure is kept: the next request looks again.
    const forget = () => this.#files.delete(hash);
    loading.then((file) => file ?? forget(), forget);
    if (this.#files.size > DOCUMENTS_MAX) this.#files.delete([...this.#files.keys()][0] ?? '');
    return await loading;
  }

  async #load(hash: string): Promise<Document | undefined> {
    const text = await this.#read(hash);
    if (text === undefined) return undefined;
    return await makeDocument(Buffer.from(text), 'best');
  }
}
