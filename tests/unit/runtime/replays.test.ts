import { expect, it } from 'vitest';
import type { CommandResult } from '../../../src/runtime/ports.js';
import { Replays } from '../../../src/runtime/replays.js';

const result = (commandId: string, command = 'hold'): CommandResult => ({
  holder: 'ann',
  commandId,
  command,
  reply: { ok: true, type: 'seats', seats: [] },
});

it('keeps the newest outcomes up to its limit, and every booking besides', () => {
  const replays = new Replays(2, [result('old', 'book'), result('a')]);
  replays.put(result('b'), 1);
  for (let i = 0; i < 5; i++) replays.put(result(`booking ${i}`, 'book'), 2);
  expect(['old', 'a', 'b'].map((id) => replays.get('ann', id)?.mark)).toEqual([0, 0, 1]);
  replays.put(result('c'), 3);
  expect(['old', 'a', 'b', 'c', 'booking 0'].map((id) => replays.get('ann', id)?.mark)).toEqual([
    0,
    undefined,
    1,
    3,
    2,
  ]);
});
