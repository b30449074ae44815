import { describe, expect, it } from 'vitest';
import { Channel } from '../../../src/gateway/live/channel.js';
import type { Watcher } from '../../../src/gateway/live/watcher.js';
import type { ServerMessage } from '../../../src/protocol/server-messages.js';
import type { Encoding } from '../../../src/protocol/version.js';
import type { Host } from '../../../src/runtime/host.js';
import { LIVE_LIMITS } from './live-limits.js';

const host = {
  showtimeId: 's',
  epoch: 1,
  seq: 0,
  confirmed: true,
  terms: { map: { data: { categories: [] } }, rules: {} },
  statuses: new Uint8Array(4),
  own: () => ({ holds: [], bookings: [] }),
  since: () => undefined,
} as unknown as Host;

interface Listener extends Watcher {
  readonly heard: string[];
}

function listener(holder: string, encoding: Encoding = 'json'): Listener {
  const heard: string[] = [];
  return {
    holder,
    encoding,
    heard,
    waiting: 0,
    unreadBytes: 0,
    send: (message: ServerMessage) => heard.push(message.type),
    sendFrame: () => heard.push('snapshot'),
    subscribe: () => {},
    conflate: () => {},
    end: () => heard.push('end'),
    reply: () => {},
  };
}

const opened = () =>
  new Channel(
    's',
    () => {},
    LIVE_LIMITS,
    () => {},
  );

describe('a channel', () => {
  it('tells all windows of a holder and nobody else, and forgets those that left', () => {
    const channel = opened();
    const [one, two, other] = [listener('me'), listener('me', 'msgpack'), listener('you')];
    for (const window of [one, two, other]) channel.join(window, host, undefined, () => {});
    expect(channel.size()).toBe(3);
    channel.own('me', undefined);
    expect([one, two, other].map(({ heard }) => heard)).toEqual([
      ['snapshot', 'own'],
      ['snapshot', 'own'],
      ['snapshot'],
    ]);
    channel.own('me', one);
    expect([one.heard.length, two.heard.length]).toEqual([2, 3]);
    channel.leave(one);
    channel.own('me', undefined);
    expect([one.heard.length, two.heard.length]).toEqual([2, 4]);
    channel.leave(two);
    channel.own('me', undefined);
    expect([two.heard.length, channel.size()]).toEqual([4, 1]);
    channel.restarted();
    expect([one.heard.length, two.heard.length, other.heard.length]).toEqual([2, 4, 2]);
  });

  it('does not count the same watcher out twice, nor a window that never joined', () => {
    const channel = opened();
    const [mine, stranger] = [listener('me'), listener('me')];
    channel.join(mine, host, undefined, () => {});
    channel.leave(stranger);
    expect(channel.size()).toBe(1);
    channel.leave(mine);
    channel.leave(mine);
    expect(channel.size()).toBe(0);
  });

  it('lets everybody go when it ends, those with several windows too', () => {
    const channel = opened();
    const all = [listener('me'), listener('me'), listener('you', 'msgpack')];
    for (const window of all) channel.join(window, host, undefined, () => {});
    channel.ended('lost', undefined);
    for (const { heard } of all) expect(heard).toEqual(['snapshot', 'end']);
  });
});
