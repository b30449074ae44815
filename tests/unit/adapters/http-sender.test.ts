import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpSender } from '../../../src/adapters/webhooks/http-sender.js';
import { isPublicAddress } from '../../../src/adapters/webhooks/own-network.js';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function serve(answer: RequestListener): Promise<number> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function senderWith(options: Partial<ConstructorParameters<typeof HttpSender>[0]>): HttpSender {
  const sender = new HttpSender({ allowPrivate: false, allowHttp: true, ...options });
  undo.push(() => sender.close());
  return sender;
}

const request = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{}' });

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '::ffff:8.8.8.8', '2606:4700:4700::1111'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('a name', () => {
  it('with one private address among its addresses is not connected to', async () => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests++;
      response.end();
    });
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      const sender = senderWith({ resolve: async () => addresses });
      expect(await sender.send(request(`http://receiver.example:${port}/`))).toEqual({
        ok: false,
        failure: 'private_address',
      });
    }
    expect(requests).toBe(0);
  });

  it('is resolved once for a connection, which goes to what was looked at', async () => {
    const port = await serve((_, response) => response.writeHead(204).end());
    const asked: string[] = [];
    const sender = senderWith({
      allowPrivate: true,
      resolve: async (host) => {
        asked.push(host);
        return ['127.0.0.1'];
      },
    });
    expect(await sender.send(request(`http://receiver.example:${port}/`))).toEqual({ ok: true, status: 204 });
    expect(asked).toEqual(['receiver.example']);
  });
});

describe('a receiver', () => {
  it('that never answers, or sends its answer a byte at a time, takes a bounded time', async () => {
    const sender = senderWith({ allowPrivate: true, answerMsMax: 200 });
    const silent = await serve(() => {});
    const at = performance.now();
    expect(await sender.send(request(`http://127.0.0.1:${silent}/`))).toEqual({ ok: false, failure: 'timed_out' });
    expect(performance.now() - at).toBeLessThan(2_000);
  });

  it('that answers without end has its connection closed', async () => {
    let closed: (() => void) | undefined;
    const end = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const port = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(8_192)), 5);
      response.on('close', () => {
        clearInterval(timer);
        closed?.();
      });
    });
    const sender = senderWith({ allowPrivate: true });
    expect(await sender.send(request(`http://127.0.0.1:${port}/`))).toEqual({ ok: true, status: 200 });
    await end;
  });

  it('that is busy says when to come again', async () => {
    const port = await serve((_, response) => response.writeHead(429, { 'retry-after': '120' }).end());
    const sender = senderWith({ allowPrivate: true });
    expect(await sender.send(request(`http://127.0.0.1:${port}/`))).toEqual({
      ok: false,
      status: 429,
      failure: 'status',
      retryAfterMs: 120_000,
    });
  });

  it('without TLS is refused in production, and one that is not there is a failure', async () => {
    const sender = senderWith({ allowPrivate: true, allowHttp: false });
    expect(await sender.send(request('http://127.0.0.1:9/'))).toEqual({ ok: false, failure: 'not_https' });
    const plain = senderWith({ allowPrivate: true });
    expect(await plain.send(request('http://127.0.0.1:9/'))).toEqual({ ok: false, failure: 'ECONNREFUSED' });
  });
});
