import { beforeEach, describe, expect, it } from 'vitest';
import { Newcomers } from '../../../src/gateway/live/newcomers.js';

describe('newcomers', () => {
  let told: string[];
  let newcomers: Newcomers;
  const newcomer = (name: string) => {
    const one = {
      // As a session does: it is closed, and so leaves, within the call.
      helloOverdue: () => {
        told.push(`${name} overdue`);
        newcomers.delete(one);
      },
      drain: () => {
        told.push(`${name} drained`);
        newcomers.delete(one);
      },
    };
    return one;
  };

  beforeEach(() => {
    told = [];
    newcomers = new Newcomers(5_000);
  });

  it('are told when their time is over, and no sooner, the oldest first', () => {
    newcomers.add(newcomer('a'), 0);
    newcomers.add(newcomer('b'), 10);
    newcomers.add(newcomer('c'), 500);
    newcomers.look(4_999);
    expect(told).toEqual([]);
    newcomers.look(5_010);
    expect(told).toEqual(['a overdue', 'b overdue']);
    newcomers.look(5_500);
    expect(told).toEqual(['a overdue', 'b overdue', 'c overdue']);
  });

  it('are looked at often enough that nobody has a tenth more time than the others', () => {
    expect(newcomers.everyMs).toBe(500);
    expect(new Newcomers(1).everyMs).toBe(1);
  });

  it('who went are told nothing, and all that are left hear of a drain', () => {
    const gone = newcomer('gone');
    newcomers.add(gone, 0);
    newcomers.add(newcomer('a'), 0);
    newcomers.add(newcomer('b'), 4_000);
    newcomers.delete(gone);
    newcomers.drain();
    newcomers.look(60_000);
    expect(told).toEqual(['a drained', 'b drained']);
  });
});
