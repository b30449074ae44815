import net from 'node:net';

/** A way to a server of this host, which fails without a connection being closed. */
export class FaultyWay {
  readonly #server = net.createServer((client) => this.#pass(client));
  readonly #sockets = new Set<net.Socket>();
  readonly #silencers: (() => void)[] = [];
  #targetPort: number;
  #isCut = false;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  static async to(targetPort: number): Promise<FaultyWay> {
    const way = new FaultyWay(targetPort);
    await new Promise<void>((resolve) => way.#server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get url(): string {
    const address = this.#server.address();
    return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Nothing passes any more over the connections that there are, in either direction; later ones are sound. */
  fallSilent(): void {
    for (const silence of this.#silencers.splice(0)) silence();
  }

  /** Where connections lead that are made from now on. */
  lead(targetPort: number): void {
    this.#targetPort = targetPort;
  }

  /** Cuts every connection, and refuses those that are tried, until it is mended. */
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
    const server = net.connect(this.#targetPort, '127.0.0.1');
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    this.#silencers.push(() => {
      client.unpipe(server).pause();
      server.unpipe(client).pause();
    });
  }
}
