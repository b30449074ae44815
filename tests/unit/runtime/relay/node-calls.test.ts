import { describe, expect, it } from 'vitest';
import { MemoryHub } from '../../../../src/adapters/memory/memory-node-link.js';
import { VirtualTime } from '../../../../src/adapters/memory/virtual-time.js';
import { NodeCalls, Unanswered } from '../../../../src/runtime/relay/node-calls.js';
import { silentLog } from '../../../silent-log.js';

async function two() {
  const time = new VirtualTime();
  const hub = new MemoryHub(time, silentLog);
  const warned: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void warned.push(message) };
  const links = [hub.link(), hub.link()] as const;
  const a = new NodeCalls('a', links[0], time, log);
  const b = new NodeCalls('b', links[1], time, log);
  const starting = Promise.all([a.start(), b.start()]);
  await time.advance(0);
  await starting;
  return { time, hub, a, b, links, warned };
}

describe('calls between nodes', () => {
  it('bring each answer to its question, in whatever order they come', async () => {
    const { time, a, b } = await two();
    b.answer('after', (body) => {
      const ms = Number((body as { ms: number }).ms);
      return new Promise((resolve) => time.after(ms, () => resolve({ ms })));
    });
    const answers = [30, 10, 20].map((ms) => a.call('b', 'after', { ms }, 1_000));
    await time.advance(100);
    expect(await Promise.all(answers)).toEqual([{ ms: 30 }, { ms: 10 }, { ms: 20 }]);
    expect(time.next).toBeUndefined();
  });

  it('fail after their time where nobody answers, and a late answer is nobody’s', async () => {
    const { time, a, b, hub } = await two();
    b.answer('late', () => new Promise((resolve) => time.after(150, () => resolve('late'))));
    const lost = a.call('nobody', 'x', {}, 100);
    const late = a.call('b', 'late', {}, 100);
    const failures = Promise.all([lost, late].map((call) => call.catch((error: unknown) => error)));
    await time.advance(99);
    const b2 = a.call('b', 'late', {}, 1_000);
    await time.advance(1);
    expect((await failures).map((error) => error instanceof Unanswered)).toEqual([true, true]);
    await time.advance(500);
    expect(await b2).toBe('late');
    hub.dropNext(1);
    const dropped = a.call('b', 'late', {}, 100).catch((error: unknown) => error);
    await time.advance(1_000);
    expect(await dropped).toBeInstanceOf(Unanswered);
  });

  it('fail at once where the other node throws, rejects or does not know the method', async () => {
    const { time, a, b } = await two();
    b.answer('throws', () => {
      throw new Error('a bug');
    });
    b.answer('rejects', async () => {
      throw new Error('a bug');
    });
    const calls = ['throws', 'rejects', 'unknown', 'toString'].map((method) =>
      a.call('b', method, {}, 1_000).catch((error: unknown) => error),
    );
    a.cast('b', 'throws', {});
    await time.advance(1);
    expect((await Promise.all(calls)).map((error) => error instanceof Unanswered)).toEqual([true, true, true, true]);
  });

  it('pass over what is no message', async () => {
    const { time, a, b, links, warned } = await two();
    b.answer('ping', () => 'pong');
    const rubbish = [null, 1, 'x', [], {}, { kind: 'call', id: 1 }, { kind: 'odd', id: 1 }, { kind: 'answer' }];
    for (const payload of rubbish) links[0].send('b', payload);
    const call = a.call('b', 'ping', {}, 1_000);
    await time.advance(1);
    expect(await call).toBe('pong');
    expect(warned).toHaveLength(rubbish.length);
  });
});
