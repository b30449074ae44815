import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEAT_MS, DETECTION_MS, Rolls } from './rolls.js';

/** The beats after which silence counts as death. */
const DETECTION_BEATS = DETECTION_MS / BEAT_MS;

describe('a member', () => {
  it('counts from the first roll that shows it; this node counts always', () => {
    const rolls = new Rolls(['b#1']);
    expect(rolls.live).toBe('me#1');
    rolls.pass(1);
    expect([rolls.live, rolls.candidates]).toEqual(['b#1 me#1', 'b#1 me#1']);
  });

  it('that misses a beat or three is alive', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    for (const missed of [1, 2, 3]) {
      rolls.kill('b#1');
      rolls.pass(missed);
      expect(rolls.live).toContain('b#1');
      rolls.beating.add('b#1');
      rolls.pass(1);
    }
    expect(rolls.live).toContain('b#1');
  });

  it('that is dead is dead within detectionMs and a beat of when it was last heard, and not before', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.kill('b#1');
    expect(rolls.until(() => !rolls.live.includes('b#1'))).toBe(DETECTION_BEATS + 1);
    expect([rolls.live, rolls.candidates, rolls.seen.frozen]).toEqual(['c#1 d#1 me#1', 'c#1 d#1 me#1', false]);
  });

  it('that was given up is back with its next beat', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.kill('b#1');
    rolls.pass(20);
    rolls.beating.add('b#1');
    rolls.pass(1);
    expect(rolls.candidates).toBe('b#1 c#1 d#1 me#1');
  });

  it('that drains is live and takes nothing; seen draining and then missing, it has left at once', () => {
    const rolls = new Rolls(['b#1', 'c#1']);
    rolls.pass(2);
    rolls.says('b#1', { draining: true });
    rolls.pass(1);
    expect([rolls.live, rolls.candidates]).toEqual(['b#1 c#1 me#1', 'c#1 me#1']);
    rolls.kill('b#1');
    rolls.entries.delete('b#1');
    rolls.pass(1);
    expect(rolls.live).toBe('c#1 me#1');
  });

  it('that is missing without having drained has the time of one whose beat did not go on', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(2);
    rolls.kill('b#1');
    rolls.entries.delete('b#1');
    expect(rolls.until(() => !rolls.live.includes('b#1'))).toBe(DETECTION_BEATS + 1);
  });

  it('changes what it says of itself with a newer beat, never by an older one that comes late', () => {
    const rolls = new Rolls(['b#1']);
    rolls.pass(1);
    const before = rolls.entries.get('b#1')!;
    rolls.says('b#1', { draining: true });
    rolls.pass(1);
    rolls.kill('b#1');
    rolls.entries.set('b#1', before);
    rolls.pass(1);
    expect(rolls.candidates).toBe('me#1');
  });

  it('shows no life by a number that goes backwards: the store was restored', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(5);
    rolls.kill('b#1');
    rolls.pass(3);
    rolls.entries.get('b#1')!.beat = 1;
    // Three of its beats of silence have passed already.
    expect(rolls.until(() => !rolls.live.includes('b#1'))).toBe(DETECTION_BEATS + 1 - 3);
    rolls.entries.get('b#1')!.beat = 2;
    rolls.pass(1);
    expect(rolls.live).not.toContain('b#1');
  });

  it('lives on through a store that was restored, since its own next beat is higher than any before', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(20);
    for (const entry of rolls.entries.values()) entry.beat -= 15;
    rolls.read();
    for (let beats = 0; beats < 20; beats++) {
      rolls.pass(1);
      expect(rolls.live).toBe('b#1 c#1 d#1 me#1');
    }
  });
});

describe('two lives of one name', () => {
  it('are one candidate: the newer, at once', () => {
    const rolls = new Rolls(['b#1', 'c#1']);
    rolls.pass(2);
    rolls.kill('b#1');
    rolls.beating.add('b#2');
    rolls.pass(1);
    expect([rolls.live, rolls.candidates]).toEqual(['b#2 c#1 me#1', 'b#2 c#1 me#1']);
  });

  it('are the newer one even if both beat', () => {
    const rolls = new Rolls(['b#1', 'b#2']);
    rolls.pass(20);
    expect(rolls.candidates).toBe('b#2 me#1');
  });

  it('are the older one again where only that beats: a clock was set back, or the newer failed', () => {
    const rolls = new Rolls(['b#1', 'b#2', 'c#1']);
    rolls.pass(2);
    rolls.kill('b#2');
    expect(rolls.until(() => rolls.candidates === 'b#1 c#1 me#1')).toBe(DETECTION_BEATS + 1);
  });

  it('of this node itself: an older one is nobody, a newer one takes the name', () => {
    const older = new Rolls(['me#1'], 'me#2');
    older.pass(2);
    expect([older.live, older.candidates, older.view.superseded]).toEqual(['me#2', 'me#2', false]);
    const newer = new Rolls(['me#2'], 'me#1');
    newer.pass(2);
    expect([newer.live, newer.candidates, newer.view.superseded]).toEqual(['me#1 me#2', 'me#2', true]);
    newer.kill('me#2');
    newer.pass(DETECTION_BEATS + 1);
    expect([newer.live, newer.candidates, newer.view.superseded]).toEqual(['me#1', 'me#1', false]);
  });
});

describe('the store', () => {
  it('that forgets everything kills nobody', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.entries.clear();
    rolls.read();
    expect(rolls.live).toBe('b#1 c#1 d#1 me#1');
    rolls.pass(20);
    expect([rolls.live, rolls.candidates]).toEqual(['b#1 c#1 d#1 me#1', 'b#1 c#1 d#1 me#1']);
  });

  it('that did not answer for any time leaves everybody the full time to be heard again', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.pass(1_000, false);
    rolls.kill('b#1');
    rolls.read();
    expect(rolls.live).toBe('b#1 c#1 d#1 me#1');
    expect(rolls.until(() => !rolls.live.includes('b#1'))).toBe(DETECTION_BEATS + 1);
  });

  it('does not bring back whom it had been silent about: the dead stay dead over a gap', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.kill('b#1');
    rolls.pass(20);
    rolls.pass(100, false);
    rolls.pass(1);
    expect(rolls.live).toBe('c#1 d#1 me#1');
  });

  it('whose answer waited for us, since we were stopped, kills nobody', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.read(60_000);
    expect(rolls.live).toBe('b#1 c#1 d#1 me#1');
    // Sent at once after it, as timers do that are overdue.
    rolls.read();
    expect(rolls.live).toBe('b#1 c#1 d#1 me#1');
  });

  it('that answers slowly shows silence up to when it was asked, not to when it answered', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.kill('b#1');
    rolls.pass(DETECTION_BEATS - 1);
    rolls.beatAll();
    rolls.now += BEAT_MS;
    rolls.read(BEAT_MS);
    expect(rolls.live).toContain('b#1');
    rolls.beatAll();
    rolls.read();
    expect(rolls.live).not.toContain('b#1');
  });

  it('is asked to forget who has been dead for long and still stands in the roll', () => {
    const rolls = new Rolls(['b#1', 'c#1', 'd#1']);
    rolls.pass(3);
    rolls.kill('b#1');
    expect(rolls.until(() => rolls.view.forgettable.length > 0)).toBe(2 * DETECTION_BEATS + 1);
    expect(rolls.view.forgettable).toEqual(['b#1']);
    rolls.entries.delete('b#1');
    rolls.pass(1);
    expect(rolls.view.forgettable).toEqual([]);
  });

  it('is asked to forget the lives before a new one, once they are silent', () => {
    const rolls = new Rolls(['b#1', 'me#0']);
    rolls.pass(3);
    rolls.kill('b#1', 'me#0');
    rolls.beating.add('b#2');
    rolls.pass(3 * DETECTION_BEATS);
    expect([...rolls.view.forgettable].sort()).toEqual(['b#1', 'me#0']);
  });
});

describe('whatever happens around it', () => {
  const stepArb = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('pass' as const), beats: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('outage' as const), beats: fc.integer({ min: 1, max: 30 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const), beats: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('late' as const), beats: fc.integer({ min: 1, max: 30 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), beats: fc.integer({ min: 0, max: 4 }) }) },
  );
  const OTHERS = ['a#1', 'b#1', 'c#1', 'd#1', 'e#1'];

  it('who beats whenever the store answers is never given up; who is silent always is, in the end', () => {
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 40 }), (steps) => {
        const rolls = new Rolls(OTHERS);
        rolls.pass(1);
        for (const step of steps) {
          if (step.do === 'pass') rolls.pass(step.beats);
          if (step.do === 'outage') rolls.pass(step.beats, false);
          if (step.do === 'flush') rolls.entries.clear();
          if (step.do === 'late') rolls.read(step.beats * BEAT_MS);
          if (step.do === 'kill') rolls.kill(OTHERS[step.beats]!);
          const seen = rolls.seen.live.map(({ id }) => id);
          for (const id of rolls.beating) expect(seen).toContain(id);
        }
        rolls.pass(100);
        const left = [...rolls.beating, 'me#1'].sort().join(' ');
        expect([rolls.live, rolls.candidates, rolls.seen.frozen]).toEqual([left, left, false]);
      }),
      { numRuns: 500 },
    );
  });
});
