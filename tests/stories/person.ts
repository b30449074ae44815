import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';

const TRIES_MAX = 50;
const MOVING_MS = 100;

export interface Answer<Body> {
  readonly status: number;
  readonly json: Body;
  readonly etag: string;
}

/** Somebody who uses the HTTP API, with a session or an API key. */
export class Person {
  readonly #origin: string;
  readonly #address: string | undefined;
  token: string;
  refreshToken = '';
  #totpSecret = '';

  /** @param address where they are, as a proxy in front of the server says. */
  constructor(origin: string, token = '', address?: string) {
    this.#origin = origin;
    this.#address = address;
    this.token = token;
  }

  async ask<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object | string,
    { ifMatch, type = 'application/json' }: { ifMatch?: string; type?: string } = {},
  ): Promise<Answer<Body>> {
    const key = randomUUID();
    for (let tries = 1; ; tries++) {
      const answer = await this.#send<Body>(method, path, body, {
        ...(ifMatch === undefined ? {} : { ifMatch }),
        type,
        key,
      });
      // As the API says of a showtime that changes nodes: the same command again.
      if ((answer.json as { code?: string }).code !== 'moving' || tries === TRIES_MAX) return answer;
      await sleep(MOVING_MS);
    }
  }

  async #send<Body>(
    method: string,
    path: string,
    body: object | string | undefined,
    { ifMatch, type, key }: { ifMatch?: string; type: string; key: string },
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: {
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(this.#address === undefined ? {} : { 'x-forwarded-for': this.#address }),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (text === '' ? {} : JSON.parse(text)) as Body;
    return { status: response.status, json, etag: response.headers.get('etag') ?? '' };
  }

  /** The answer's body; anything but success ends the story. */
  async done<Body = Record<string, unknown>>(...request: Parameters<Person['ask']>): Promise<Body> {
    const { status, json } = await this.ask<Body>(...request);
    if (status >= 300) throw new Error(`${request[0]} ${request[1]} answered ${status}: ${JSON.stringify(json)}`);
    return json;
  }

  /** Opens a link as a browser does, without a session; a file that needs one is downloaded with the token. */
  async open(link: string, token?: string): Promise<{ status: number; type: string; bytes: Buffer }> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(new URL(link, this.#origin), { headers });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /** Reads something and changes it, as nobody else changed it meanwhile. */
  async change(path: string, body: object, readAt = path): Promise<void> {
    const { etag } = await this.ask('GET', readAt);
    await this.done('PATCH', path, body, { ifMatch: etag });
  }

  async logIn(email: string, password: string): Promise<void> {
    const code = this.#totpSecret === '' ? {} : { code: generateSync({ secret: this.#totpSecret }) };
    const said = await this.done<{ accessToken: string; refreshToken: string }>('POST', '/v1/log-ins', {
      email,
      password,
      ...code,
    });
    this.token = said.accessToken;
    this.refreshToken = said.refreshToken;
  }

  /** Sets up an authenticator app, which gives this log-in its second factor. */
  async enrol(): Promise<void> {
    const { secret } = await this.done<{ secret: string }>('POST', '/v1/me/totp');
    this.#totpSecret = secret;
    const code = generateSync({ secret });
    const confirmed = await this.done<{ accessToken: string; recoveryCodes: string[] }>('POST', '/v1/me/totp/confirm', {
      code,
    });
    if (confirmed.recoveryCodes.length !== 10) throw new Error('There are not ten recovery codes.');
    this.token = confirmed.accessToken;
  }
}
