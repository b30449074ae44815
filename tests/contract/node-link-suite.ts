import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NodeLink } from '../../src/runtime/relay/node-link-port.js';

export interface LinkWorld {
  /** The link of another node, connected. */
  link(): Promise<NodeLink>;
  /** What the links logged as errors since the last call. */
  errors(): readonly string[];
  close(): Promise<void>;
}

/** What every `NodeLink` keeps to. A fence, sent last, tells that whatever was to arrive before it has arrived. */
export function nodeLinkContract(name: string, make: () => Promise<LinkWorld>): void {
  describe(`a node link: ${name}`, () => {
    let world: LinkWorld;
    let sender: NodeLink;
    let receiver: NodeLink;
    let topic = '';
    let tests = 0;

    beforeAll(async () => {
      world = await make();
      sender = await world.link();
      receiver = await world.link();
    });
    afterAll(() => world.close());
    beforeEach(() => {
      topic = `topic-${++tests}`;
      world.errors();
    });

    test('what is sent to a member arrives there and nowhere else', async () => {
      const arrived: unknown[] = [];
      const elsewhere: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.receive('member-a', (payload) => void arrived.push(payload));
      await sender.receive('member-b', (payload) => void elsewhere.push(payload));
      sender.send('member-a', { hello: 'a' });
      sender.send('member-c', { hello: 'nobody' });
      await fence();
      expect(arrived).toEqual([{ hello: 'a' }]);
      expect(elsewhere).toEqual([]);
    });

    test('a published message comes once to each who follows, the publisher included', async () => {
      const arrived: string[] = [];
      const own = await fenceOf(sender, sender);
      const fence = await fenceOf(receiver, sender);
      await receiver.follow(topic, (payload) => void arrived.push(`first ${payload}`));
      await receiver.follow(topic, (payload) => void arrived.push(`second ${payload}`));
      await sender.follow(topic, (payload) => void arrived.push(`own ${payload}`));
      sender.publish(topic, 1);
      await Promise.all([fence(), own()]);
      expect(arrived.toSorted()).toEqual(['first 1', 'own 1', 'second 1']);
    });

    test('messages arrive in the order sent, over all channels of a sender', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.receive('member-order', (payload) => void arrived.push(payload));
      await receiver.follow(topic, (payload) => void arrived.push(payload));
      for (let i = 0; i < 500; i++) {
        if (i % 3 === 0) sender.send('member-order', i);
        else sender.publish(topic, i);
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await fence();
      expect(arrived).toEqual(Array.from({ length: 500 }, (_, i) => i));
    });

    test('nothing arrives within the turn in which it was sent', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await sender.follow(topic, (payload) => void arrived.push(payload));
      sender.publish(topic, 1);
      expect(arrived).toEqual([]);
      await fence();
    });

    test('what was published before somebody followed does not come to him', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      sender.publish(topic, 'before');
      await fence();
      await receiver.follow(topic, (payload) => void arrived.push(payload));
      sender.publish(topic, 'after');
      await fence();
      expect(arrived).toEqual(['after']);
    });

    test('who stops following hears nothing more, and the others go on', async () => {
      const stopped: unknown[] = [];
      const others: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      const handler = (payload: unknown) => void stopped.push(payload);
      const stop = await receiver.follow(topic, handler);
      await receiver.follow(topic, (payload) => void others.push(payload));
      sender.publish(topic, 1);
      await fence();
      stop();
      stop();
      sender.publish(topic, 2);
      await fence();
      expect(stopped).toEqual([1]);
      expect(others).toEqual([1, 2]);
    });

    test('the last one may stop following, and follow again', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      const handler = (payload: unknown) => void arrived.push(payload);
      const stop = await receiver.follow(topic, handler);
      stop();
      await receiver.follow(topic, handler);
      sender.publish(topic, 'again');
      await fence();
      expect(arrived).toEqual(['again']);
    });

    test('payloads are plain data, and come back as they were', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.follow(topic, (payload) => void arrived.push(payload));
      const payload = {
        text: 'Æ 座 🎟',
        numbers: [0, -1, 1.5, 1_760_000_000_123, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
        nothing: null,
        yes: true,
        nested: [{ a: [[], {}] }],
        'odd keys': { 'with space': 1, 12: 'twelve' },
        left: undefined,
      };
      sender.publish(topic, payload);
      for (const simple of ['text', 7, false, null, []]) sender.publish(topic, simple);
      await fence();
      const { left: _, ...expected } = payload;
      expect(arrived).toStrictEqual([expected, 'text', 7, false, null, []]);
    });

    test('bytes come back as bytes', async () => {
      const arrived: { bytes: Uint8Array; empty: Uint8Array }[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.follow(topic, (payload) => void arrived.push(payload as never));
      const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
      sender.publish(topic, { bytes, empty: new Uint8Array() });
      await fence();
      expect(arrived[0]?.bytes).toBeInstanceOf(Uint8Array);
      expect([...(arrived[0]?.bytes ?? [])]).toEqual([...bytes]);
      expect(arrived[0]?.empty).toHaveLength(0);
    });

    test('what is changed after it was sent, or by who received it, changes nothing for others', async () => {
      const arrived: { list: number[] }[] = [];
      const fence = await fenceOf(receiver, sender);
      const take = (payload: unknown) => {
        const message = payload as { list: number[] };
        arrived.push({ list: [...message.list] });
        message.list.push(99);
      };
      await receiver.follow(topic, take);
      await sender.follow(topic, take);
      const own = await fenceOf(sender, sender);
      const payload = { list: [1] };
      sender.publish(topic, payload);
      payload.list.push(2);
      await Promise.all([fence(), own()]);
      expect(arrived).toEqual([{ list: [1] }, { list: [1] }]);
      expect(payload.list).toEqual([1, 2]);
    });

    test('a payload of 6 MB arrives whole, and in its place', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.follow(topic, (payload) => void arrived.push(payload));
      const bytes = new Uint8Array(6_000_000).map((_, i) => (i * 31) % 251);
      sender.publish(topic, 'before');
      sender.publish(topic, { bytes });
      sender.publish(topic, 'after');
      await fence();
      expect(arrived).toHaveLength(3);
      expect(arrived[0]).toBe('before');
      expect(Buffer.compare((arrived[1] as { bytes: Uint8Array }).bytes, bytes)).toBe(0);
      expect(arrived[2]).toBe('after');
    });

    test('a handler that throws harms neither the others nor what comes next', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.follow(topic, () => {
        throw new Error('a bug of the receiver');
      });
      await receiver.follow(topic, (payload) => void arrived.push(payload));
      sender.publish(topic, 1);
      sender.publish(topic, 2);
      await fence();
      expect(arrived).toEqual([1, 2]);
      expect(world.errors()).toHaveLength(2);
    });

    test('a handler may stop itself and others while a message is handed on', async () => {
      const arrived: string[] = [];
      const fence = await fenceOf(receiver, sender);
      const stops: (() => void)[] = [];
      for (const which of ['first', 'second']) {
        const stop = await receiver.follow(topic, (payload) => {
          arrived.push(`${which} ${payload}`);
          for (const stopOne of stops) stopOne();
        });
        stops.push(stop);
      }
      sender.publish(topic, 1);
      sender.publish(topic, 2);
      await fence();
      expect(arrived).toEqual(['first 1']);
    });

    test('what is no plain data is not sent, and does not break the sender', async () => {
      const arrived: unknown[] = [];
      const fence = await fenceOf(receiver, sender);
      await receiver.follow(topic, (payload) => void arrived.push(payload));
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      sender.publish(topic, cycle);
      sender.publish(topic, 'sound');
      await fence();
      expect(arrived).toEqual(['sound']);
      expect(world.errors()).toHaveLength(1);
    });
  });
}

let fences = 0;

/** Resolves when everything has arrived at `receiver` that `sender` sent before. */
export async function fenceOf(receiver: NodeLink, sender: NodeLink): Promise<() => Promise<void>> {
  const topic = `fence-${++fences}`;
  let passed = () => {};
  await receiver.follow(topic, () => passed());
  return () =>
    new Promise((resolve) => {
      passed = resolve;
      sender.publish(topic, 'fence');
    });
}
