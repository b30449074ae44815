import { type Document, makeDocument } from '../../http/document.js';
import { Shelf } from './shelf.js';

/** A chain has a few dozen halls; the bound is for whoever imports without end. */
const DOCUMENTS_MAX = 64;

/** Seat maps ready to be sent. They never change, so each is read and compressed once. */
export class SeatMapDocuments {
  readonly #files = new Shelf<Promise<Document | undefined>>(DOCUMENTS_MAX);
  readonly #read: (hash: string) => Promise<string | undefined>;

  constructor(read: (hash: string) => Promise<string | undefined>) {
    this.#read = read;
  }

  async get(hash: string): Promise<Document | undefined> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return undefined;
    const known = this.#files.get(hash);
    if (known) return await known;
    const loading = this.#load(hash);
    this.#files.put(hash, loading, 1);
    // Neither an absence nor a failure is kept: the next request looks again.
    const forget = () => this.#files.drop(hash);
    loading.then((file) => file ?? forget(), forget);
    return await loading;
  }

  async #load(hash: string): Promise<Document | undefined> {
    const text = await this.#read(hash);
    if (text === undefined) return undefined;
    return await makeDocument(Buffer.from(text), 'best');
  }
}
