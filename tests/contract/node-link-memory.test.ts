import { describe, expect, test } from 'vitest';
import { MemoryHub } from '../../src/adapters/memory/memory-node-link.js';
import { VirtualTime } from '../../src/adapters/memory/virtual-time.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { recordingLog } from '../redis/recording-log.js';
import { silentLog } from '../silent-log.js';
import { nodeLinkContract } from './node-link-suite.js';

nodeLinkContract('in memory', async () => {
  const { log, take } = recordingLog('error');
  const hub = new MemoryHub(nodeTimers, log);
  return { link: async () => hub.link(), errors: take, close: async () => {} };
});

describe('the faults of a link in memory', () => {
  async function two() {
    const time = new VirtualTime();
    const hub = new MemoryHub(time, silentLog);
    const [a, b] = [hub.link(), hub.link()];
    const arrived: unknown[] = [];
    const following = b.follow('topic', (payload) => void arrived.push(payload));
    await time.advance(0);
    await following;
    return { time, hub, a, b, arrived };
  }

  test('the next messages are dropped, as many as told, and those after them come', async () => {
    const { time, hub, a, arrived } = await two();
    hub.dropNext(2);
    for (const payload of [1, 2, 3]) a.publish('topic', payload);
    await time.advance(0);
    expect(arrived).toEqual([3]);
  });

  test('a delay holds messages back, and none overtakes an earlier one when it is gone', async () => {
    const { time, hub, a, arrived } = await two();
    hub.delayMs = 100;
    a.publish('topic', 'slow');
    hub.delayMs = 0;
    a.publish('topic', 'fast');
    await time.advance(99);
    expect(arrived).toEqual([]);
    await time.advance(1);
    expect(arrived).toEqual(['slow', 'fast']);
  });

  test('a node that is cut off gets nothing, not even what was under way, and says nothing', async () => {
    const { time, hub, a, b, arrived } = await two();
    const atA: unknown[] = [];
    const following = a.follow('back', (payload) => void atA.push(payload));
    await time.advance(0);
    await following;
    hub.delayMs = 10;
    a.publish('topic', 'under way to it');
    b.publish('back', 'under way from it');
    b.cut();
    a.publish('topic', 'while it is cut');
    b.publish('back', 'while it is cut');
    await time.advance(10);
    b.heal();
    a.publish('topic', 'after');
    b.publish('back', 'after');
    await time.advance(10);
    expect([arrived, atA]).toEqual([['after'], ['after']]);
  });

  test('a node that is cut off cannot begin to follow', async () => {
    const { time, b } = await two();
    b.cut();
    const refused = expect(b.follow('other', () => {})).rejects.toThrow('cut off');
    await time.advance(0);
    await refused;
  });
});
