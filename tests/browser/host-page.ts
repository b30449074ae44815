import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const SCRIPT = new URL('../../client-sdk/dist/usher.global.js', import.meta.url);

/** A page of somebody else: of another origin than the node, without a bundler, and as strict as a page can be. */
export class HostPage {
  readonly #server: Server;
  /** What stands in the body; asked for at each visit. */
  body = '';
  /** The node's, for the content security policy. */
  node = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.url === '/usher.global.js') {
        response.setHeader('content-type', 'text/javascript');
        response.end(readFileSync(SCRIPT));
        return;
      }
      if (request.url === '/page.css') {
        response.setHeader('content-type', 'text/css');
        response.end('body { margin: 0 } main { max-inline-size: 45rem; margin: 2rem auto }');
        return;
      }
      const live = this.node.replace(/^http/, 'ws');
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader(
        'content-security-policy',
        `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${this.node} ${live}; img-src data:`,
      );
      const head = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">';
      response.end(
        `<!doctype html><html lang="en"><title>Shop</title>${head}<main>${this.body}</main>` +
          '<script src="/usher.global.js"></script></html>',
      );
    });
  }

  static async open(): Promise<HostPage> {
    const page = new HostPage();
    page.#server.listen(0, '127.0.0.1');
    await once(page.#server, 'listening');
    return page;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
