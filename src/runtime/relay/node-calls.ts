import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { NodeLink } from './node-link-port.js';
import { readFields, readText, Unreadable } from './read-messages.js';

type Envelope =
  | {
      readonly kind: 'call';
      readonly from: string;
      readonly id: number;
      readonly method: string;
      readonly body: unknown;
    }
  | { readonly kind: 'cast'; readonly method: string; readonly body: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'failure'; readonly id: number };

type Answerer = (body: unknown) => unknown;

/** The other node did not answer in time, or its answer was lost: whatever was asked may have been done. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

interface Open {
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/** Questions and answers over a link that loses messages: each question has an id and a deadline. */
export class NodeCalls {
  readonly #memberId: string;
  readonly #link: NodeLink;
  readonly #timers: Timers;
  readonly #log: Log;
  readonly #answerers = new Map<string, Answerer>();
  readonly #open = new Map<number, Open>();
  #lastId = 0;

  constructor(memberId: string, link: NodeLink, timers: Timers, log: Log) {
    this.#memberId = memberId;
    this.#link = link;
    this.#timers = timers;
    this.#log = log;
  }

  /**
   * What this node does when it is asked `method`; the answer may be a promise. For casts it is thrown away. `body` is
   * what came, whatever that is; who throws has failed at it, and the asker is told so.
   */
  answer(method: string, answerer: Answerer): this {
    this.#answerers.set(method, answerer);
    return this;
  }

  /** To be called when all answerers are there. */
  async start(): Promise<void> {
    await this.#link.receive(this.#memberId, (payload) => this.#received(payload));
  }

  /**
   * The answer is what came, whatever that is.
   * @throws Unanswered after `timeoutMs`, or at once where the other node failed at it.
   */
  call(memberId: string, method: string, body: object, timeoutMs: number): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const cancel = this.#timers.after(timeoutMs, () => {
        this.#open.delete(id);
        reject(new Unanswered(`"${method}" was not answered within ${timeoutMs} ms.`));
      });
      this.#open.set(id, { resolve, reject, cancel });
      this.#send(memberId, { kind: 'call', from: this.#memberId, id, method, body });
    });
  }

  /** Says it and expects nothing. */
  cast(memberId: string, method: string, body: object): void {
    this.#send(memberId, { kind: 'cast', method, body });
  }

  #send(memberId: string, envelope: Envelope): void {
    this.#link.send(memberId, envelope);
  }

  #received(payload: unknown): void {
    let envelope: Envelope;
    try {
      envelope = readEnvelope(payload);
    } catch (error) {
      this.#log.warn({ event: 'link.unknown_message', err: error }, 'Another node sent a message of an unknown form.');
      return;
    }
    if (envelope.kind === 'call') void this.#answerCall(envelope);
    else if (envelope.kind === 'cast') void this.#perform(envelope.method, envelope.body);
    else this.#settle(envelope);
  }

  #settle(envelope: Envelope & { readonly kind: 'answer' | 'failure' }): void {
    const open = this.#open.get(envelope.id);
    if (!open) return;
    this.#open.delete(envelope.id);
    open.cancel();
    if (envelope.kind === 'answer') open.resolve(envelope.body);
    else open.reject(new Unanswered('The other node failed at it.'));
  }

  async #answerCall({ from, id, method, body }: Envelope & { readonly kind: 'call' }): Promise<void> {
    const done = await this.#perform(method, body);
    this.#send(from, done.ok ? { kind: 'answer', id, body: done.answer } : { kind: 'failure', id });
  }

  async #perform(method: string, body: unknown): Promise<{ ok: true; answer: unknown } | { ok: false }> {
    try {
      const answerer = this.#answerers.get(method);
      if (!answerer) throw new Error(`No node of this version answers "${method}".`);
      return { ok: true, answer: await answerer(body) };
    } catch (error) {
      this.#log.error({ event: 'link.call_failed', err: error, method }, 'A call from another node failed.');
      return { ok: false };
    }
  }
}

function readEnvelope(payload: unknown): Envelope {
  const { kind, from, id, method, body } = readFields(payload);
  if (kind === 'cast') return { kind, method: readText(method), body };
  if (typeof id !== 'number') throw new Unreadable('A number was expected.');
  if (kind === 'call') return { kind, from: readText(from), id, method: readText(method), body };
  if (kind === 'answer') return { kind, id, body };
  if (kind === 'failure') return { kind, id };
  throw new Unreadable('No such kind of message.');
}
