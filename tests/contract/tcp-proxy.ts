import net from 'node:net';

/** What happens to one pass: the next bytes of a client that hold the marked word. */
export type Mishap =
  /** They arrive; the connection breaks before anything comes back. */
  | 'answer lost'
  /** The connection breaks and they arrive later, when `letLateArrive` says so. */
  | 'arrives late'
  /** The connection stays, and they arrive when `letLateArrive` says so. */
  | 'is held back'
  /** They arrive and are answered, and from then on this client says nothing more, while its connection stays open. */
  | 'client freezes';

interface Armed {
  readonly word: string;
  readonly mishap: Mishap;
}

/** A way to Postgres that fails when told to, at exactly the worst moment. */
export class TcpProxy {
  readonly #server: net.Server;
  readonly #target: URL;
  readonly #sockets = new Set<net.Socket>();
  readonly #late: (() => Promise<void>)[] = [];
  #armed: Armed | undefined;
  #isCut = false;
  /** Connections that were ever made. */
  connections = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = net.createServer((client) => this.#pass(client));
  }

  static async start(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const url = new URL(this.#target);
    const address = this.#server.address();
    url.port = String(typeof address === 'object' ? address?.port : '');
    return url.href;
  }

  /** At the next bytes that hold this word. */
  arm(word: string, mishap: Mishap): void {
    this.#armed = { word, mishap };
  }

  get isArmed(): boolean {
    return this.#armed !== undefined;
  }

  /** Delivers what was kept back; for `arrives late` resolves when Postgres has done with it. */
  async letLateArrive(): Promise<void> {
    await Promise.all(this.#late.splice(0).map((deliver) => deliver()));
  }

  /** The target is away, until `mend`: connections break, and new ones are refused at once. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: net.Socket): void {
    if (this.#isCut) {
      client.destroy();
      return;
    }
    const server = net.connect(Number(this.#target.port), this.#target.hostname);
    let isFrozen = false;
    this.connections++;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    }
    const ended = () => server.end();
    client.on('close', ended);
    server.on('close', () => client.destroy());
    server.on('data', (bytes) => void client.write(bytes));
    client.on('data', (bytes) => {
      if (isFrozen) return;
      const armed = this.#armed;
      if (!armed || !bytes.includes(armed.word)) {
        server.write(bytes);
        return;
      }
      this.#armed = undefined;
      if (armed.mishap === 'client freezes') {
        isFrozen = true;
        server.write(bytes);
        return;
      }
      if (armed.mishap === 'is held back') {
        this.#late.push(async () => void server.write(bytes));
        return;
      }
      // From here on nobody listens to this server connection, which lives on until it has answered.
      server.removeAllListeners('data');
      client.off('close', ended);
      const answered = new Promise<void>((resolve) => server.once('data', () => resolve())).then(
        () => void server.end(),
      );
      const deliver = async () => {
        server.write(bytes);
        await answered;
      };
      if (armed.mishap === 'arrives late') {
        this.#late.push(deliver);
        client.destroy();
      } else void deliver().then(() => client.destroy());
    });
  }
}
