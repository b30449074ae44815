import uWS from 'uWebSockets.js';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameParser } from '../../bench/load/frame-parser.js';
import { LoadSocket, type SocketTarget } from '../../bench/load/load-socket.js';
import { maskedFrame, OPCODE } from '../../bench/load/masked-frame.js';

interface Seen {
  readonly messages: string[];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Resolves when so many messages have come. */
  received(count: number): Promise<string[]>;
}

function watch(target: SocketTarget): { socket: LoadSocket; seen: Seen } {
  const messages: string[] = [];
  const waiting: { count: number; resolve: (messages: string[]) => void }[] = [];
  let open = () => {};
  let close = (_end: { code: number; reason: string }) => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    close = resolve;
  });
  const socket = new LoadSocket(target, {
    open,
    message(payload, binary) {
      messages.push(`${binary ? 'binary' : 'text'} ${payload.toString('latin1')}`);
      for (const { count, resolve } of waiting) if (messages.length >= count) resolve(messages);
    },
    closed: (code, reason) => close({ code, reason }),
  });
  const received = (count: number) =>
    new Promise<string[]>((resolve) => {
      if (messages.length >= count) resolve(messages);
      else waiting.push({ count, resolve });
    });
  return { socket, seen: { messages, opened, closed, received } };
}

describe('against a real server', () => {
  let app: uWS.TemplatedApp;
  let target: SocketTarget;
  const addresses: string[] = [];

  beforeAll(() => {
    app = uWS.App().ws('/echo', {
      maxPayloadLength: 1024 * 1024,
      sendPingsAutomatically: true,
      idleTimeout: 8,
      upgrade(response, request, context) {
        addresses.push(Buffer.from(response.getRemoteAddressAsText()).toString());
        const protocol = request.getHeader('sec-websocket-protocol');
        const [key, extensions] = [
          request.getHeader('sec-websocket-key'),
          request.getHeader('sec-websocket-extensions'),
        ];
        if (protocol === 'refused') response.writeStatus('503 Busy').end();
        else response.upgrade({}, key, protocol, extensions, context);
      },
      message(socket, message) {
        const text = Buffer.from(message).toString();
        if (text === 'bye') socket.end(4200, 'draining');
        else if (text.startsWith('fill ')) socket.send(new Uint8Array(Number(text.slice(5))).fill(120), true);
        else socket.send(text, false);
      },
    });
    app.listen('127.0.0.1', 0, (listening) => {
      if (!listening) throw new Error('The echo server found no port.');
      target = { host: '127.0.0.1', port: uWS.us_socket_local_port(listening), path: '/echo' };
    });
  });
  afterAll(() => void app.close());

  it('has every message answered, of each length that frames encode differently', async () => {
    const { socket, seen } = watch(target);
    await seen.opened;
    const texts = [0, 1, 125, 126, 127, 65_535].map((length) => 'é'.repeat(length).slice(0, length / 2));
    for (const text of texts) socket.sendText(text);
    for (const length of [65_536, 700_000]) socket.sendText(`fill ${length}`);
    const received = await seen.received(8);
    expect(received.slice(0, 6)).toEqual(texts.map((text) => `text ${Buffer.from(text).toString('latin1')}`));
    expect(received.slice(6).map((message) => message.length)).toEqual([65_543, 700_007]);
    expect(received[7]).toBe(`binary ${'x'.repeat(700_000)}`);
    socket.close(1000);
    expect(await seen.closed).toEqual({ code: 1000, reason: 'closed by us' });
  });

  it('keeps a thousand sockets apart that read into the same memory', async () => {
    const all = Array.from({ length: 1_000 }, () => watch(target));
    await Promise.all(all.map(({ seen }) => seen.opened));
    all.forEach(({ socket }, i) => {
      socket.sendText(`first ${i}`);
      socket.sendText(`second ${i} ${'y'.repeat(i)}`);
    });
    await Promise.all(
      all.map(async ({ seen }, i) => {
        expect(await seen.received(2)).toEqual([`text first ${i}`, `text second ${i} ${'y'.repeat(i)}`]);
      }),
    );
    for (const { socket } of all) socket.close(1000);
  });

  it('tells the code with which the server closed', async () => {
    const { socket, seen } = watch(target);
    await seen.opened;
    socket.sendText('bye');
    expect(await seen.closed).toEqual({ code: 4200, reason: 'draining' });
  });

  it('tells a refused upgrade by its status, as a lost connection', async () => {
    const { seen } = watch({ ...target, subprotocol: 'refused' });
    expect(await seen.closed).toEqual({ code: 1006, reason: 'HTTP/1.1 503 Busy' });
  });

  it('tells that nobody listens', async () => {
    const { seen } = watch({ ...target, port: 1 });
    expect(await seen.closed).toMatchObject({ code: 1006, reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('answers the pings with which a server looks for the dead', async () => {
    const { socket, seen } = watch(target);
    await seen.opened;
    // The server hangs up after 8 seconds in which it hears nothing, pongs included.
    const ended = await Promise.race([
      seen.closed,
      new Promise((resolve) => setTimeout(resolve, 10_000, 'still open')),
    ]);
    expect(ended).toBe('still open');
    socket.close(1000);
  }, 15_000);

  it.runIf(process.platform === 'linux')('connects from the address that it was given', async () => {
    const { socket, seen } = watch({ ...target, localAddress: '127.0.0.77' });
    await seen.opened;
    expect(addresses.at(-1)).toBe('127.0.0.77');
    socket.close(1000);
  });
});

describe('against a server that misbehaves', () => {
  let server: Server;
  let answer: (socket: Socket, upgrade: string) => void;
  let target: SocketTarget;
  /** RFC 6455, 4.2.2: proof that the server read the request as a WebSocket handshake. */
  const upgradeFor = (request: string) => {
    const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1];
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    return (
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`
    );
  };

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (request) => answer(socket, upgradeFor(request.toString())));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    target = { host: '127.0.0.1', port: address.port, path: '/' };
  });
  afterAll(() => void server.close());

  it('takes no one for a WebSocket server who does not prove it', async () => {
    answer = (socket, upgrade) => socket.write(upgrade.replace(/Accept: ..../, 'Accept: AAAA'));
    expect((await watch(target).seen.closed).code).toBe(1006);
  });

  it('tells a connection that just ends', async () => {
    answer = (socket, upgrade) => socket.end(upgrade);
    const { seen } = watch(target);
    await seen.opened;
    expect(await seen.closed).toMatchObject({ code: 1006 });
  });

  it('stops at a frame that breaks the protocol', async () => {
    answer = (socket, upgrade) => socket.write(Buffer.concat([Buffer.from(upgrade), Buffer.from([0x83, 0])]));
    expect(await watch(target).seen.closed).toEqual({ code: 1006, reason: 'A frame with the unknown opcode 3.' });
  });

  it('reads a frame that came in one packet with the upgrade', async () => {
    answer = (socket, upgrade) =>
      socket.write(Buffer.concat([Buffer.from(upgrade), Buffer.from([0x81, 2, 0x6f, 0x6b])]));
    const { socket, seen } = watch(target);
    expect(await seen.received(1)).toEqual(['text ok']);
    socket.close(1000);
  });
});

describe('the frame parser', () => {
  const unmasked = (opcode: number, payload: Buffer, final = true): Buffer => {
    const first = (final ? 0x80 : 0) | opcode;
    if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
    const header = Buffer.from([first, 126, payload.length >> 8, payload.length & 0xff]);
    return Buffer.concat([header, payload]);
  };

  it('reads the same messages wherever the stream is cut', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(payloads, fc.infiniteStream(fc.integer({ min: 1, max: 300 })), (messages, cuts) => {
        const sent = messages.map((message) => Buffer.from(message));
        const stream = Buffer.concat(
          sent.flatMap((message, i) =>
            // Every third message comes in two fragments, with a ping between them.
            i % 3 === 2
              ? [
                  unmasked(OPCODE.binary, message.subarray(0, 1), false),
                  unmasked(OPCODE.ping, Buffer.from('p')),
                  unmasked(OPCODE.continuation, message.subarray(1)),
                ]
              : [unmasked(OPCODE.binary, message)],
          ),
        );
        const read: Buffer[] = [];
        let pings = 0;
        const parser = new FrameParser({
          message: (payload) => read.push(Buffer.from(payload)),
          ping: () => pings++,
          close: () => {},
        });
        const shared = Buffer.alloc(300);
        for (let at = 0; at < stream.length; ) {
          const length = stream.copy(shared, 0, at, at + (cuts.next().value as number));
          parser.push(shared.subarray(0, length));
          at += length;
        }
        expect(read).toEqual(sent);
        expect(pings).toBe(Math.floor(messages.length / 3));
      }),
    );
  });

  it('masks what it sends, with a mask that changes', () => {
    const [one, two] = [maskedFrame(OPCODE.text, 'same'), maskedFrame(OPCODE.text, 'same')];
    expect(one.subarray(2, 6)).not.toEqual(two.subarray(2, 6));
    const unmask = (frame: Buffer) => frame.subarray(6).map((byte, i) => byte ^ frame[2 + (i & 3)]!);
    expect([unmask(one).toString(), unmask(two).toString()]).toEqual(['same', 'same']);
  });
});
