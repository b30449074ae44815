import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CircuitBreaker,
  CircuitOpenError,
  type CircuitOptions,
  guardedReads,
  isPostgresFailing,
} from '../../../src/adapters/circuit-breaker.js';
import { recordingLog } from '../boxoffice/recording-log.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => {});
const fail = async () => {
  throw new Error('refused');
};

function circuit(options: Partial<CircuitOptions> = {}) {
  const log = recordingLog();
  const breaker = new CircuitBreaker({
    name: 'store',
    log,
    timeoutMs: 100,
    retryAfterMs: 5_000,
    callsMin: 4,
    ...options,
  });
  const outcome = (call: () => Promise<unknown>) =>
    breaker.run(call).then(
      (value) => value,
      (error: unknown) => error,
    );
  const open = async () => {
    for (let i = 0; i < 4; i++) await outcome(fail);
  };
  return { breaker, log, outcome, open };
}

describe('a circuit', () => {
  it('passes answers and errors through while it is closed', async () => {
    const { outcome, breaker } = circuit();
    expect(await outcome(async () => 7)).toBe(7);
    expect(await outcome(fail)).toEqual(new Error('refused'));
    expect(breaker.isOpen).toBe(false);
  });

  it('bounds a call in time', async () => {
    const asked = circuit().outcome(never);
    await vi.advanceTimersByTimeAsync(100);
    expect(await asked).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('opens after failures, calls nobody while open, and says when to come back', async () => {
    const { outcome, open, breaker } = circuit();
    await open();
    const call = vi.fn(async () => 7);
    const refused = await outcome(call);
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({ retryAfterMs: 5_000 });
    expect(call).not.toHaveBeenCalled();
    expect(breaker.isOpen).toBe(true);
  });

  it('stays closed where calls are too few to tell', async () => {
    const { outcome, breaker } = circuit();
    for (let i = 0; i < 3; i++) await outcome(fail);
    expect(breaker.isOpen).toBe(false);
  });

  it('lets one call try after a while: all are let in when it succeeds', async () => {
    const { outcome, open } = circuit();
    await open();
    await vi.advanceTimersByTimeAsync(5_000);
    let answer = (_: number) => {};
    const probe = outcome(() => new Promise((resolve) => (answer = resolve)));
    expect(await outcome(async () => 1), 'one is on its way').toBeInstanceOf(CircuitOpenError);
    answer(2);
    expect(await probe).toBe(2);
    expect(await outcome(async () => 3)).toBe(3);
  });

  it('stays open for another while when the try fails, or is never answered', async () => {
    const { outcome, open } = circuit();
    await open();
    await vi.advanceTimersByTimeAsync(5_000);
    const probe = outcome(never);
    await vi.advanceTimersByTimeAsync(100);
    await probe;
    expect(await outcome(async () => 1)).toBeInstanceOf(CircuitOpenError);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await outcome(async () => 1)).toBe(1);
  });

  it('tells of its opening once and of its closing once, however often it tried in between', async () => {
    const { outcome, open, log } = circuit();
    await open();
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(5_000);
      await outcome(fail);
    }
    await vi.advanceTimersByTimeAsync(5_000);
    await outcome(async () => 1);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('does not take an answer that nobody likes for a failure', async () => {
    const { outcome, open, breaker } = circuit({ isFailure: () => false });
    await open();
    await open();
    expect(breaker.isOpen).toBe(false);
    const slow = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(() => outcome(never));
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(slow);
    expect(breaker.isOpen, 'but what never comes is no answer').toBe(true);
  });

  it('refuses and keeps no timer once it was stopped', async () => {
    const { outcome, breaker } = circuit();
    breaker.stop();
    expect(await outcome(async () => 1)).toBeInstanceOf(CircuitOpenError);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('reads of Postgres', () => {
  const answer = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code });

  it('fail by what Postgres cannot help, and not by what it answers', () => {
    for (const code of ['22P02', '23505', '42P01', '25006']) expect(isPostgresFailing(answer(code)), code).toBe(false);
    for (const code of ['57P01', '53300', '08006', '58030', 'XX000']) {
      expect(isPostgresFailing(answer(code)), code).toBe(true);
    }
    expect(isPostgresFailing(new Error('Query read timeout'))).toBe(true);
    expect(isPostgresFailing(Object.assign(new Error(), { code: 'ECONNREFUSED' }))).toBe(true);
  });

  it('go through the circuit with their text and values', async () => {
    const { breaker, open } = circuit();
    const query = vi.fn(async (...asked: unknown[]) => ({ rows: asked }));
    const reads = guardedReads({ query: query as unknown as pg.Pool['query'] }, breaker);
    expect((await reads.query('SELECT $1', [1])).rows).toEqual(['SELECT $1', [1]]);
    await open();
    await open();
    await expect(reads.query('SELECT')).rejects.toBeInstanceOf(CircuitOpenError);
    expect(query).toHaveBeenCalledTimes(1);
  });
});
