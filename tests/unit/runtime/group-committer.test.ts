import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Log } from '../../../src/kernel/log.js';
import { type Committing, GroupCommitter } from '../../../src/runtime/group-committer.js';
import { type Batch, type Journal, JournalRefusal, type Slice } from '../../../src/runtime/journal-port.js';
import { silentLog } from '../../silent-log.js';

class Writer implements Committing {
  readonly heard: string[] = [];
  readonly id: string;
  mark = 0;
  gone = false;

  constructor(id: string) {
    this.id = id;
  }

  collect(): { slice: Slice; mark: number } | undefined {
    if (this.gone) return undefined;
    const slice: Slice = {
      showtimeId: this.id,
      epoch: 1,
      holds: new Map([[this.mark, undefined]]),
      heldBefore: new Set([this.mark]),
      blocks: new Map(),
      booked: [],
      cancelled: [],
      reseated: new Map(),
      results: [],
      firstAct: 1,
      acts: [],
    };
    return { slice, mark: this.mark };
  }

  durable(mark: number): void {
    this.heard.push(`durable ${mark}`);
  }

  lost(reason: string): void {
    this.heard.push(`lost ${reason}`);
  }

  late(): void {
    this.heard.push('late');
  }
}

/** A journal of which each commit is decided by the test; the batches that it was given, in order. */
class Stage implements Journal {
  readonly batches: Batch[] = [];
  decide: (batch: Batch) => Promise<{ fenced: readonly Slice[] }> = async () => ({ fenced: [] });

  async claim(): Promise<never> {
    throw new Error('no claims here');
  }

  async commit(batch: Batch): Promise<{ fenced: readonly Slice[] }> {
    this.batches.push(batch);
    return await this.decide(batch);
  }

  async owners(): Promise<never> {
    throw new Error('no owners here');
  }

  async position(): Promise<never> {
    throw new Error('no position here');
  }

  async confirm(): Promise<never> {
    throw new Error('nothing is confirmed here');
  }

  async restore(): Promise<never> {
    throw new Error('nothing is restored here');
  }

  get shape(): string[] {
    return this.batches.map(({ number, slices }) => `${number}:${slices.map((slice) => slice.showtimeId).join('')}`);
  }
}

function setUp(log: Log = silentLog) {
  const [time, journal] = [new VirtualTime(), new Stage()];
  const committer = new GroupCommitter(journal, time, time, log);
  const writers = ['a', 'b', 'c'].map((id) => new Writer(id)) as [Writer, Writer, Writer];
  const write = (writer: Writer) => {
    writer.mark++;
    committer.markDirty(writer);
  };
  return { time, journal, committer, writers, write };
}

const includes = (batch: Batch, id: string) => batch.slices.some((slice) => slice.showtimeId === id);

describe('a flush', () => {
  it('takes all that is there when it starts, and what comes meanwhile is the next', async () => {
    const { time, journal, writers, write } = setUp();
    const [a, b, c] = writers;
    journal.decide = async () => {
      await new Promise<void>((resolve) => void time.after(10, resolve));
      return { fenced: [] };
    };
    write(a);
    write(a);
    write(b);
    await time.advance(5);
    write(a);
    write(c);
    await time.advance(100);
    expect(journal.shape).toEqual(['1:ab', '2:ac']);
    expect([a.heard, b.heard, c.heard]).toEqual([['durable 2', 'durable 3'], ['durable 1'], ['durable 1']]);
  });

  it('is on its way before what the last one made durable is told', async () => {
    const { time, journal, writers, write } = setUp();
    const [a, b] = writers;
    journal.decide = async () => {
      await new Promise<void>((resolve) => void time.after(10, resolve));
      return { fenced: [] };
    };
    const givenWhenTold: number[] = [];
    a.durable = () => void givenWhenTold.push(journal.batches.length);
    write(a);
    await time.advance(5);
    write(b);
    await time.advance(100);
    expect(givenWhenTold).toEqual([2]);
    expect(journal.shape).toEqual(['1:a', '2:b']);
  });

  it('takes nothing more of an actor that the one before found fenced, whatever it wrote meanwhile', async () => {
    const { time, journal, writers, write } = setUp();
    const [a, b] = writers;
    journal.decide = async ({ slices }) => {
      await new Promise<void>((resolve) => void time.after(10, resolve));
      return { fenced: slices.filter(({ showtimeId }) => showtimeId === 'a') };
    };
    a.lost = (reason) => {
      a.heard.push(`lost ${reason}`);
      a.gone = true;
    };
    write(a);
    await time.advance(5);
    write(a);
    write(b);
    await time.advance(100);
    expect(journal.shape).toEqual(['1:a', '2:b']);
    expect([a.heard, b.heard]).toEqual([['lost fenced'], ['durable 1']]);
  });

  it('starts again after a quiet time, with the next number', async () => {
    const { time, journal, committer, writers, write } = setUp();
    write(writers[0]);
    await time.advance(10);
    expect(committer.waitingMs).toBe(0);
    write(writers[0]);
    await time.advance(10);
    expect(journal.shape).toEqual(['1:a', '2:a']);
  });

  it('passes over those that ended, and comes to rest with nobody left', async () => {
    const { time, journal, committer, writers, write } = setUp();
    const [a, b] = writers;
    write(a);
    write(b);
    a.gone = b.gone = true;
    const idle = committer.idle();
    await time.advance(1_000);
    await idle;
    expect([journal.shape, committer.waitingMs]).toEqual([[], 0]);
    a.gone = false;
    write(a);
    await time.advance(0);
    expect(a.heard).toEqual(['durable 2']);
  });

  it('has at most 512 showtimes; the others are the next', async () => {
    const { time, journal, write } = setUp();
    for (let i = 0; i < 600; i++) write(new Writer(`w${i}`));
    await time.advance(0);
    expect(journal.batches.map(({ number, slices }) => [number, slices.length])).toEqual([
      [1, 512],
      [2, 88],
    ]);
  });

  it('comes back with the very same batch until it is answered', async () => {
    const { time, journal, writers, write } = setUp();
    let tries = 0;
    journal.decide = async () => {
      tries++;
      if (tries <= 3) throw new Error('away');
      return { fenced: [] };
    };
    write(writers[0]);
    await time.advance(50 + 100);
    write(writers[0]);
    await time.advance(10_000);
    expect(journal.shape).toEqual(['1:a', '1:a', '1:a', '1:a', '2:a']);
    expect(journal.batches.slice(0, 4).every((batch) => batch.slices[0] === journal.batches[0]?.slices[0])).toBe(true);
    expect(writers[0].heard.filter((word) => word !== 'late')).toEqual(['durable 1', 'durable 2']);
  });

  it('[FENCE-4] tells who is fenced and who is not', async () => {
    const { time, journal, writers, write } = setUp();
    journal.decide = async ({ slices }) => ({ fenced: slices.filter(({ showtimeId }) => showtimeId === 'b') });
    for (const writer of writers) write(writer);
    await time.advance(0);
    expect(writers.map(({ heard }) => heard)).toEqual([['durable 1'], ['lost fenced'], ['durable 1']]);
  });

  it('[FENCE-4] that was refused is given again one by one, under numbers of their own, to find the one at fault', async () => {
    const { time, journal, writers, write } = setUp();
    journal.decide = async (batch) => {
      if (includes(batch, 'b')) throw new JournalRefusal('sold already');
      return { fenced: [] };
    };
    for (const writer of writers) write(writer);
    await time.advance(0);
    expect(journal.shape).toEqual(['1:abc', '2:a', '3:b', '4:c']);
    expect(writers.map(({ heard }) => heard)).toEqual([['durable 1'], ['lost refused'], ['durable 1']]);
  });

  it('is in the journal once, however an actor takes the news', async () => {
    const errors: string[] = [];
    const log: Log = { ...silentLog, error: (_, message) => void errors.push(message) };
    const { time, journal, committer, writers, write } = setUp(log);
    const [a, b, c] = writers;
    a.durable = () => {
      throw new Error('a bug in who is told');
    };
    for (const writer of writers) write(writer);
    const idle = committer.idle();
    await time.advance(1_000);
    await idle;
    expect(journal.shape).toEqual(['1:abc']);
    expect([a.heard, b.heard, c.heard]).toEqual([['lost broken'], ['durable 1'], ['durable 1']]);
    expect(errors).toHaveLength(1);
  });

  it('goes on for the others where an actor can not even be asked or told that it is over', async () => {
    const { time, journal, committer, writers, write } = setUp();
    const [a, b] = writers;
    a.collect = () => {
      throw new Error('a bug');
    };
    a.lost = () => {
      throw new Error('another');
    };
    write(a);
    write(b);
    await time.advance(0);
    expect([journal.shape, b.heard, committer.waitingMs]).toEqual([['1:b'], ['durable 1'], 0]);
  });
});

describe('lateness', () => {
  it('is told to those who wait, in the flush and for the next, and to nobody after', async () => {
    const { time, journal, writers, write } = setUp();
    const [a, b, c] = writers;
    journal.decide = async () => {
      await new Promise<void>((resolve) => void time.after(600, resolve));
      return { fenced: [] };
    };
    write(a);
    await time.advance(100);
    a.late = () => {
      throw new Error('a bug');
    };
    write(b);
    await time.advance(2_000);
    expect(b.heard).toEqual(['late', 'late', 'late', 'late', 'durable 1']);
    expect(c.heard).toEqual([]);
    expect(time.next).toBeUndefined();
  });

  it('counts from the start of each flush', async () => {
    const { time, journal, committer, writers, write } = setUp();
    journal.decide = async () => {
      await new Promise<void>((resolve) => void time.after(600, resolve));
      return { fenced: [] };
    };
    write(writers[0]);
    await time.advance(599);
    expect(committer.waitingMs).toBe(599);
    write(writers[1]);
    await time.advance(1);
    expect(committer.waitingMs).toBe(0);
    await time.advance(10);
    expect(committer.waitingMs).toBe(10);
  });
});

describe('what is kept for a journal that may lose it', () => {
  it('is what was written, and nothing that was fenced', async () => {
    const { time, journal, committer, writers, write } = setUp();
    const [a, b] = writers;
    journal.decide = async ({ slices }) => ({ fenced: slices.filter(({ showtimeId }) => showtimeId === 'b') });
    write(a);
    write(b);
    await time.advance(10);
    const { batches, isComplete } = committer.recovery.committed.cut(0, committer.acknowledged);
    expect(batches.map(({ number, slices }) => [number, slices.map(({ showtimeId }) => showtimeId)])).toEqual([
      [1, ['a']],
    ]);
    expect(isComplete).toBe(true);
  });
});
