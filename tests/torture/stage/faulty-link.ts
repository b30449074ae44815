import net from 'node:net';

/** `up` is what the connecting side says, `down` what it is answered. */
export type Direction = 'up' | 'down';

interface Pass {
  readonly client: net.Socket;
  readonly server: net.Socket;
  /** Bytes of it were lost: it can only be broken off. */
  torn: boolean;
}

/** What faults do to a way, be it one link or several. */
export type Breakable = Pick<FaultyLink, 'hold' | 'lose' | 'reset' | 'cut' | 'heal' | 'onNext' | 'stop'>;

/** A way to a port of this host that can be broken in each direction, without either end being told. */
export class FaultyLink {
  readonly #server = net.createServer((client) => this.#pass(client));
  readonly #passes = new Set<Pass>();
  #targetPort: number;
  readonly #held = new Set<Direction>();
  readonly #lost = new Set<Direction>();
  #isCut = false;
  #wanted: { readonly word: string; readonly call: () => void } | undefined;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  static async to(targetPort: number): Promise<FaultyLink> {
    const link = new FaultyLink(targetPort);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** Where new connections lead from now on; those that there are stay where they are. */
  moveTo(targetPort: number): void {
    this.#targetPort = targetPort;
  }

  /** Both ends keep their connections; what is sent in this direction lies somewhere. */
  hold(direction: Direction): void {
    this.#held.add(direction);
    for (const pass of this.#passes) sourceOf(pass, direction).pause();
  }

  /** What is sent in this direction is gone. */
  lose(direction: Direction): void {
    this.#lost.add(direction);
  }

  /** Breaks every connection off; new ones are taken. */
  reset(): void {
    for (const pass of this.#passes) breakOff(pass);
  }

  /** Breaks every connection off, and refuses new ones. */
  cut(): void {
    this.#isCut = true;
    this.reset();
  }

  /**
   * As if nothing had been. `late`: what lay somewhere arrives now; else its connections are broken off, as are those of
   * which something is gone.
   */
  heal(late: boolean): void {
    const wasHeld = this.#held.size > 0;
    this.#isCut = false;
    this.#held.clear();
    this.#lost.clear();
    for (const pass of this.#passes) {
      if (pass.torn || (wasHeld && !late)) breakOff(pass);
      else {
        pass.client.resume();
        pass.server.resume();
      }
    }
  }

  /** Calls once, when the next bytes that hold this word have been passed on upwards. */
  onNext(word: string, call: () => void): void {
    this.#wanted = { word, call };
  }

  async stop(): Promise<void> {
    for (const pass of this.#passes) breakOff(pass);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: net.Socket): void {
    client.on('error', () => {});
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect(this.#targetPort, '127.0.0.1');
    const pass: Pass = { client, server, torn: false };
    this.#passes.add(pass);
    server.on('error', () => {});
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('close', () => {
        // What was said before the end is still passed on; nothing more is to come for either.
        (socket === client ? server : client).destroySoon();
        if (client.destroyed && server.destroyed) this.#passes.delete(pass);
      });
    }
    this.#forward(pass, 'up');
    this.#forward(pass, 'down');
  }

  #forward(pass: Pass, direction: Direction): void {
    const source = sourceOf(pass, direction);
    const target = source === pass.client ? pass.server : pass.client;
    source.on('data', (bytes) => {
      if (this.#lost.has(direction) || pass.torn) {
        pass.torn = true;
        return;
      }
      target.write(bytes);
      const wanted = this.#wanted;
      if (!wanted || direction === 'down' || !bytes.includes(wanted.word)) return;
      this.#wanted = undefined;
      wanted.call();
    });
    source.on('end', () => target.end());
    if (this.#held.has(direction)) source.pause();
  }
}

function sourceOf({ client, server }: Pass, direction: Direction): net.Socket {
  return direction === 'up' ? client : server;
}

function breakOff({ client, server }: Pass): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}
