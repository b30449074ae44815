import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HandlerGaveUp } from '../../../src/boxoffice/outbox/outbox-handler-port.js';
import { fulfilled, keeping, openOutboxStage, until } from './outbox-stage.js';

let stage: Awaited<ReturnType<typeof openOutboxStage>>;
beforeAll(async () => {
  stage = await openOutboxStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.pool.query(
    'TRUNCATE boxoffice.outbox, boxoffice.outbox_steps, boxoffice.dead_letters, usher_jobs._private_jobs',
  );
});
afterEach(() => stage.stopNodes());

const REFUNDED = (order: string) =>
  ({
    topic: 'order.refunded',
    subject: `order:${order}`,
    payload: { orderId: order, refundId: 'r', reason: 'late' },
  }) as const;

describe('the outbox', () => {
  it('hands each event to each handler of its topic once, and leaves nothing', async () => {
    const mails = keeping('mails', ['order.fulfilled', 'order.refunded']);
    const hooks = keeping('hooks', ['order.fulfilled']);
    await stage.startNode({ handlers: [mails.handler, hooks.handler] });
    await stage.write(fulfilled('1'), fulfilled('2'), REFUNDED('1'));
    await until(() => mails.events.length === 3 && hooks.events.length === 2);
    expect(mails.events[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      topic: 'order.fulfilled',
      subject: expect.stringMatching(/^order:[12]$/),
      payload: { orderId: expect.any(String) },
      createdAt: expect.any(Date),
    });
    await until(async () => (await stage.count('usher_jobs._private_jobs')) === 0);
    expect(await stage.count('boxoffice.outbox')).toBe(0);
    expect(await stage.count('boxoffice.outbox_steps')).toBe(0);
  });

  it('is handled by workers that could not connect as their node started', async () => {
    const mails = keeping('mails', ['order.fulfilled']);
    await stage.startNode({ handlers: [mails.handler], failedConnects: 2 });
    await stage.write(fulfilled('1'));
    await until(() => mails.events.length === 1);
  });

  it('is handled where the answer of the statement that fetched its job was lost, and what is at work is not fetched again', async () => {
    let letGo = () => {};
    const longWork = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const mails = keeping('mails', ['order.fulfilled'], async ({ subject }) => {
      if (subject === 'order:long') await longWork;
    });
    await stage.startNode({ handlers: [mails.handler], leaseMs: 500, beatMs: 100 });
    await stage.write(fulfilled('long'));
    const { pool } = stage;
    const locked = async () =>
      (
        await pool.query<{ by: string }>(
          'SELECT locked_by AS by FROM usher_jobs._private_jobs WHERE locked_at IS NOT NULL',
        )
      ).rows[0]?.by;
    await until(async () => (await locked()) !== undefined);
    // As if this worker had fetched that one too, long ago.
    await pool.query(
      `INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ('order.fulfilled', 'order:lost', '{"orderId":"lost"}');
       CREATE FUNCTION usher_jobs.lose() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN NEW.locked_at := now() - interval '1 minute'; NEW.locked_by := '${await locked()}'; RETURN NEW; END $$;
       CREATE TRIGGER lose BEFORE INSERT ON usher_jobs._private_jobs FOR EACH ROW EXECUTE FUNCTION usher_jobs.lose()`,
    );
    await until(() => mails.events.some(({ subject }) => subject === 'order:lost'));
    await pool.query('DROP FUNCTION usher_jobs.lose CASCADE');
    // What is at work stays with its worker, however long it takes.
    await sleep(1_500);
    letGo();
    await until(() => mails.events.length === 2);
    await until(async () => (await stage.count('usher_jobs._private_jobs')) === 0);
    expect(mails.events.map(({ subject }) => subject)).toEqual(['order:lost', 'order:long']);
  });

  it('writes nothing where the transaction of the effect is rolled back', async () => {
    const mails = keeping('mails', ['order.fulfilled']);
    const { mover } = await stage.startNode({ handlers: [mails.handler] });
    const client = await stage.pool.connect();
    await client.query('BEGIN');
    await client.query(
      "INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ('order.fulfilled', 'order:x', '{}')",
    );
    await client.query('ROLLBACK');
    client.release();
    await stage.write(fulfilled('after'));
    mover.wake();
    await until(() => mails.events.length === 1);
    expect(mails.events[0]?.subject).toBe('order:after');
  });

  it('is moved soon after a commit that woke the node, however seldom it polls', async () => {
    const mails = keeping('mails', ['order.fulfilled']);
    const { mover } = await stage.startNode({ handlers: [mails.handler], pollMs: 60_000 });
    const waits: number[] = [];
    for (let number = 1; number <= 10; number++) {
      const begun = performance.now();
      await stage.write(fulfilled(String(number)));
      mover.wake();
      await until(() => mails.events.length === number);
      waits.push(performance.now() - begun);
    }
    expect(waits.sort((a, b) => a - b)[5]).toBeLessThan(500);
  });

  it('drops events that nobody handles, and keeps those of a topic that only a newer version knows', async () => {
    const mails = keeping('mails', ['order.fulfilled']);
    await stage.startNode({ handlers: [mails.handler] });
    await stage.pool.query("INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ('of.tomorrow', 'x', '{}')");
    await stage.write(REFUNDED('1'), fulfilled('1'));
    await until(() => mails.events.length === 1);
    const { rows } = await stage.pool.query('SELECT topic FROM boxoffice.outbox');
    expect(rows).toEqual([{ topic: 'of.tomorrow' }]);
  });

  it('keeps the order of one subject, also where its first event fails, and lets other subjects pass', async () => {
    let isDown = true;
    const mails = keeping('mails', ['order.fulfilled', 'order.refunded'], (event) => {
      if (isDown && event.subject === 'order:1') throw new Error('the mail server is away');
    });
    const { work } = await stage.startNode({ handlers: [mails.handler] });
    await stage.write(fulfilled('1'));
    await until(() => work.totals.failed === 1);
    await stage.write(REFUNDED('1'), fulfilled('2'));
    await until(() => mails.events.length === 1);
    expect(mails.events[0]?.subject).toBe('order:2');
    isDown = false;
    await stage.skipWaits();
    await until(() => mails.events.length === 3);
    expect(mails.events.slice(1).map(({ topic }) => topic)).toEqual(['order.fulfilled', 'order.refunded']);
  });

  it('keeps the order of a subject over two nodes that move and work at once, and does nothing twice', async () => {
    const seen = new Map<string, number[]>();
    let running = 0;
    const handler = (name: string) =>
      keeping(name, ['order.fulfilled'], async ({ subject, payload }) => {
        const { orderId } = payload as { orderId: string };
        expect(++running).toBeGreaterThan(0);
        await new Promise((resolve) => setTimeout(resolve, Number(orderId) % 3));
        running--;
        seen.set(subject, [...(seen.get(subject) ?? []), Number(orderId)]);
      });
    const nodes = [
      await stage.startNode({ handlers: [handler('mails').handler], name: 'a', pollMs: 20 }),
      await stage.startNode({ handlers: [handler('mails').handler], name: 'b', pollMs: 20 }),
    ];
    for (let number = 0; number < 300; number++) {
      const subject = `order:${number % 10}`;
      await stage.write({ topic: 'order.fulfilled', subject, payload: { orderId: String(number) } });
      if (number % 7 === 0) nodes[number % 2]?.mover.wake();
    }
    await until(() => [...seen.values()].flat().length === 300, 20_000);
    for (const [subject, numbers] of seen) {
      expect(numbers, subject).toEqual([...numbers].sort((a, b) => a - b));
      expect(numbers, subject).toHaveLength(30);
    }
  });
});

describe('an event that cannot be handled', () => {
  it('becomes a dead letter at once where its handler gives up, and what follows is handled', async () => {
    const mails = keeping('mails', ['order.fulfilled', 'order.refunded'], ({ topic }) => {
      if (topic === 'order.fulfilled') throw new HandlerGaveUp('no such mailbox');
    });
    const { work } = await stage.startNode({ handlers: [mails.handler] });
    await stage.write(fulfilled('1'), REFUNDED('1'));
    await until(() => mails.events.length === 1);
    await until(() => work.totals.done === 1);
    expect(work.totals).toEqual({ done: 1, failed: 1, buried: 1 });
    const { rows } = await stage.pool.query('SELECT handler, subject, topic, error FROM boxoffice.dead_letters');
    expect(rows).toEqual([
      { handler: 'mails', subject: 'order:1', topic: 'order.fulfilled', error: 'no such mailbox' },
    ]);
  });

  it('becomes a dead letter after its last try', async () => {
    const mails = keeping('mails', ['order.fulfilled'], () => {
      throw new Error('never');
    });
    const { work } = await stage.startNode({ handlers: [mails.handler] });
    await stage.write(fulfilled('1'));
    for (let tries = 1; tries <= 14; tries++) {
      await until(() => work.totals.failed === tries);
      if (tries < 14) await until(async () => ((await stage.skipWaits()).rowCount ?? 0) > 0);
    }
    await until(async () => (await stage.count('boxoffice.dead_letters')) === 1);
    expect(await stage.count('boxoffice.outbox_steps')).toBe(0);
    await until(async () => (await stage.count('usher_jobs._private_jobs')) === 0);
  });

  it('is handled after all when an operator revives it, in its line', async () => {
    let isMended = false;
    const mails = keeping('mails', ['order.fulfilled'], () => {
      if (!isMended) throw new HandlerGaveUp('not yet');
    });
    await stage.startNode({ handlers: [mails.handler] });
    await stage.write(fulfilled('1'));
    await until(async () => (await stage.count('boxoffice.dead_letters')) === 1);
    isMended = true;
    const revive = () =>
      stage.pool.query<{ done: boolean }>(
        'SELECT boxoffice.revive_step(handler, subject, event_id) AS done FROM boxoffice.dead_letters',
      );
    expect((await revive()).rows).toEqual([{ done: true }]);
    await until(() => mails.events.length === 1);
    expect(await stage.count('boxoffice.dead_letters')).toBe(0);
    expect((await revive()).rows).toEqual([]);
  });

  it('is given up by the watch where its worker died at the last try, and what follows is handled', async () => {
    await stage.startNode({
      handlers: [keeping('mails', ['order.fulfilled', 'order.refunded']).handler],
      isWithoutWorkers: true,
    });
    await stage.write(fulfilled('1'), REFUNDED('1'));
    await until(async () => (await stage.count('usher_jobs._private_jobs')) === 1);
    await stage.pool.query('UPDATE usher_jobs._private_jobs SET attempts = max_attempts');
    const { rows } = await stage.pool.query('SELECT boxoffice.bury_abandoned_steps() AS n');
    expect(rows).toEqual([{ n: 1 }]);
    expect(await stage.count('boxoffice.dead_letters')).toBe(1);
    const { rows: jobs } = await stage.pool.query('SELECT attempts FROM usher_jobs._private_jobs');
    expect(jobs).toEqual([{ attempts: 0 }]);
  });
});
