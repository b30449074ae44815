import { describe, expect, it } from 'vitest';
import { BEAT_MS, DETECTION_MS, FREEZE_MS, Rolls } from './rolls.js';

const DETECTION_BEATS = DETECTION_MS / BEAT_MS;
const FREEZE_BEATS = FREEZE_MS / BEAT_MS;
const OTHERS = ['a#1', 'b#1', 'c#1', 'd#1', 'e#1'];

function running(others: readonly string[] = OTHERS): Rolls {
  const rolls = new Rolls(others);
  rolls.pass(3);
  return rolls;
}

describe('a mass disappearance', () => {
  it('leaves those who vanished their showtimes, and says so; they are not live', () => {
    const rolls = running();
    rolls.kill('a#1', 'b#1', 'c#1');
    rolls.pass(DETECTION_BEATS + 1);
    expect([rolls.live, rolls.candidates]).toEqual(['d#1 e#1 me#1', 'a#1 b#1 c#1 d#1 e#1 me#1']);
    expect(rolls.seen.frozen).toBe(true);
  });

  it('is let go after freezeMs, all of it at once', () => {
    const rolls = running();
    rolls.kill('a#1', 'b#1', 'c#1');
    rolls.until(() => rolls.seen.frozen);
    expect(rolls.until(() => rolls.candidates !== 'a#1 b#1 c#1 d#1 e#1 me#1')).toBe(FREEZE_BEATS);
    expect([rolls.candidates, rolls.seen.frozen]).toEqual(['d#1 e#1 me#1', false]);
  });

  it('that was let go counts for no further one: who dies next is given up as usual', () => {
    const rolls = running(['a#1', 'b#1', 'c#1']);
    rolls.kill('a#1', 'b#1');
    rolls.until(() => rolls.seen.frozen);
    rolls.pass(FREEZE_BEATS - 3);
    rolls.kill('c#1');
    expect(rolls.until(() => rolls.candidates === 'c#1 me#1')).toBe(3);
    expect(rolls.until(() => rolls.candidates === 'me#1')).toBe(DETECTION_BEATS + 1 - 3);
  });

  it('is over when so many are back that it is none; who is not is given up then', () => {
    const rolls = running();
    rolls.kill('a#1', 'b#1', 'c#1');
    rolls.until(() => rolls.seen.frozen);
    rolls.beating.add('a#1');
    rolls.pass(1);
    expect([rolls.candidates, rolls.seen.frozen]).toEqual(['a#1 d#1 e#1 me#1', false]);
  });

  it('is one though beats stopped a beat apart, and though the first that is missed is the first of many', () => {
    const rolls = running();
    rolls.kill('a#1');
    rolls.pass(1);
    rolls.kill('b#1');
    rolls.pass(1);
    rolls.kill('c#1');
    rolls.until(() => !rolls.live.includes('a#1'));
    expect([rolls.candidates, rolls.seen.frozen]).toEqual(['a#1 b#1 c#1 d#1 e#1 me#1', true]);
  });

  it('that goes slowly, but within one detectionMs, keeps those who are not yet gone', () => {
    const rolls = running(['a#1', 'b#1', 'c#1']);
    rolls.kill('a#1');
    rolls.pass(4);
    rolls.kill('b#1');
    rolls.pass(DETECTION_BEATS + 1);
    expect([rolls.live, rolls.candidates, rolls.seen.frozen]).toEqual(['c#1 me#1', 'b#1 c#1 me#1', true]);
    rolls.pass(FREEZE_BEATS - 1);
    expect(rolls.candidates).toBe('b#1 c#1 me#1');
    rolls.pass(1);
    expect([rolls.candidates, rolls.seen.frozen]).toEqual(['c#1 me#1', false]);
  });

  it('does not count whom it had given up and who came back since', () => {
    const rolls = running(['a#1', 'b#1']);
    rolls.kill('a#1');
    rolls.pass(DETECTION_BEATS);
    rolls.kill('b#1');
    rolls.pass(1);
    expect(rolls.candidates).toBe('b#1 me#1');
    rolls.beating.add('a#1');
    rolls.pass(DETECTION_BEATS);
    expect([rolls.candidates, rolls.seen.frozen]).toEqual(['a#1 me#1', false]);
  });

  it('is none where they die one by one, further apart', () => {
    const rolls = running();
    for (const id of OTHERS) {
      rolls.kill(id);
      const beats = rolls.until(() => !rolls.candidates.split(' ').includes(id));
      expect([beats, rolls.seen.frozen]).toEqual([DETECTION_BEATS + 1, false]);
      rolls.pass(DETECTION_BEATS);
    }
    expect(rolls.candidates).toBe('me#1');
  });

  it('is none where half of them die, nor where the only other one does', () => {
    const half = running(['a#1', 'b#1', 'c#1', 'd#1']);
    half.kill('a#1', 'b#1');
    half.pass(DETECTION_BEATS + 1);
    expect([half.candidates, half.seen.frozen]).toEqual(['c#1 d#1 me#1', false]);
    const pair = running(['a#1']);
    pair.kill('a#1');
    pair.pass(DETECTION_BEATS + 1);
    expect([pair.candidates, pair.seen.frozen]).toEqual(['me#1', false]);
  });

  it('does not count those who drain: a cluster that is taken down leaves nothing to keep', () => {
    const rolls = running();
    for (const id of ['a#1', 'b#1', 'c#1', 'd#1']) rolls.says(id, { draining: true });
    rolls.pass(1);
    rolls.kill('a#1', 'b#1', 'c#1', 'd#1');
    rolls.pass(DETECTION_BEATS + 1);
    expect([rolls.live, rolls.candidates, rolls.seen.frozen]).toEqual(['e#1 me#1', 'e#1 me#1', false]);
  });

  it('is over for a name that comes back as a new life, and it keeps what it had', () => {
    const rolls = running();
    rolls.kill(...OTHERS);
    rolls.until(() => rolls.seen.frozen);
    rolls.beating.add('a#2');
    rolls.pass(1);
    expect([rolls.candidates, rolls.seen.frozen]).toEqual(['a#2 b#1 c#1 d#1 e#1 me#1', true]);
  });

  it('starts over where the store was away meanwhile: nobody can be blamed for that time', () => {
    const rolls = running();
    rolls.kill('a#1', 'b#1', 'c#1');
    rolls.until(() => rolls.seen.frozen);
    rolls.pass(FREEZE_BEATS * 2, false);
    rolls.read();
    expect([rolls.seen.frozen, rolls.candidates]).toEqual([false, 'a#1 b#1 c#1 d#1 e#1 me#1']);
    expect(rolls.until(() => rolls.seen.frozen)).toBe(DETECTION_BEATS + 1);
    expect(rolls.until(() => rolls.candidates === 'd#1 e#1 me#1')).toBe(FREEZE_BEATS);
  });

  it('asks for nobody to be forgotten', () => {
    const rolls = running();
    rolls.kill(...OTHERS);
    rolls.until(() => rolls.seen.frozen);
    rolls.pass(FREEZE_BEATS - 1);
    expect([rolls.seen.frozen, rolls.view.forgettable]).toEqual([true, []]);
    rolls.pass(1);
    expect(rolls.view.forgettable).toHaveLength(OTHERS.length);
  });
});
