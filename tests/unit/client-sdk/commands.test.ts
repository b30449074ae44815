import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Command, Payment } from '../../../client-sdk/src/commands.js';
import type { CommandMessage, Payment as WirePayment } from '../../../src/protocol/client-messages.js';
import { admit, flush, held, holdView, liveStage, refused, stage, watch } from './fake-surroundings.js';

const mine = holdView();

describe('a command', () => {
  it('has the fields that the schemas of the protocol name', () => {
    expectTypeOf<Payment>().toExtend<WirePayment>();
    expectTypeOf<Command['type']>().toExtend<CommandMessage['type']>();
    const { client, socket } = liveStage();
    const uuid = mine.id;
    void client.hold(['A-1'], { holdId: uuid, ticketTypes: ['adult'] });
    void client.bestAvailable({ count: 2, category: 'Stalls', zone: 'House', accessible: true });
    void client.bestAvailable({ count: 3, ticketTypes: { adult: 2, child: 1 } });
    void client.retype(uuid, ['A-1', 'A-2'], ['child', 'adult']);
    void client.release(uuid, ['A-1']);
    void client.extend(uuid);
    void client.book(
      { id: uuid, price: { amount: 1200, currency: 'EUR' }, seats: ['A-1'] },
      { method: 'test', token: 'ok' },
    );
    void client.cancel(uuid);
    // The fake socket has put each through its schema.
    expect(socket.commands().map(({ type }) => type)).toEqual([
      'hold',
      'best_available',
      'best_available',
      'retype',
      'release',
      'extend',
      'book',
      'cancel',
    ]);
    expect(new Set(socket.commands().map(({ commandId }) => commandId)).size).toBe(8);
    expect(socket.commands().slice(0, 4)).toMatchObject([
      { ticketTypes: ['adult'] },
      {},
      { count: 3, ticketTypes: { adult: 2, child: 1 } },
      { holdId: uuid, seats: ['A-1', 'A-2'], ticketTypes: ['child', 'adult'] },
    ]);
  });

  it('comes to the value of its reply', async () => {
    const { client, socket } = liveStage();
    const best = client.bestAvailable({ count: 2 });
    socket.tell(held(socket.commands()[0]?.id, { quality: 'nearby' }));
    expect(await best).toEqual({ ok: true, hold: mine, quality: 'nearby' });
    const cancelled = client.cancel(mine.id);
    const booking = { id: mine.id, reference: 'ABCDEFGHJK', status: 'cancelled', seats: ['A-1'], price: mine.price };
    socket.tell({ type: 'reply', id: socket.commands()[1]?.id, ok: true, booking });
    expect(await cancelled).toEqual({ ok: true, booking });
  });

  it('comes to conflicts as values, which are also an event', async () => {
    const { client, socket } = liveStage();
    const events: unknown[] = [];
    client.on('conflict', (event) => events.push(event));
    const result = client.hold(['A-1', 'A-2']);
    const conflicts = [{ seat: 'A-1', reason: 'held' as const }];
    socket.tell(refused(socket.commands()[0]?.id, 'seats_unavailable', 'Taken.', { conflicts }));
    expect(await result).toMatchObject({
      ok: false,
      error: { code: 'seats_unavailable', conflicts, retryable: false },
    });
    expect(events).toMatchObject([{ command: { type: 'hold', seats: ['A-1', 'A-2'] }, conflicts }]);
  });

  it('is never queued: without a live connection it fails at once, not applied', async () => {
    const { around, client } = stage();
    const unavailable = { ok: false, error: { code: 'unavailable', outcome: 'not-applied', retryable: true } };
    expect(await client.hold(['A-1'])).toMatchObject(unavailable);
    client.connect();
    expect(await client.hold(['A-1'])).toMatchObject(unavailable);
    admit(around);
    expect(around.socket.commands()).toEqual([]);
    client.close();
    expect(await client.hold(['A-1'])).toMatchObject(unavailable);
    expect(around.timers).toBe(0);
  });

  it('may wait for a connection that is being made, for as long as it was allowed', async () => {
    const { around, client } = stage({ waitForConnectionMs: 500 });
    client.connect();
    const first = watch(client.hold(['A-1']));
    const second = watch(client.hold(['A-2'], { waitForConnectionMs: 2_000 }));
    await around.pass(500);
    expect(first.value).toMatchObject({ ok: false, error: { code: 'unavailable', outcome: 'not-applied' } });
    admit(around);
    expect(around.socket.commands()).toMatchObject([{ seats: ['A-2'] }]);
    around.socket.tell(held(around.socket.commands()[0]?.id));
    await flush();
    expect(second.value).toMatchObject({ ok: true });
  });

  it('that waits for a connection gives up in time also when an attempt fails meanwhile', async () => {
    const { around, client } = stage({ waitForConnectionMs: 1_000 });
    client.connect();
    const result = watch(client.hold(['A-1']));
    around.socket.drop();
    await around.pass(999);
    expect(result.value).toBeUndefined();
    await around.pass(1);
    expect(result.value).toMatchObject({ ok: false, error: { code: 'unavailable', outcome: 'not-applied' } });
  });

  it('that waits for a connection is dropped by its signal, and not applied when the client is closed', async () => {
    const { around, client } = stage({ waitForConnectionMs: 5_000 });
    client.connect();
    const abort = new AbortController();
    const aborted = client.hold(['A-1'], { signal: abort.signal });
    const closed = client.hold(['A-2']);
    abort.abort();
    expect(await aborted).toMatchObject({ ok: false, error: { code: 'aborted', outcome: 'not-applied' } });
    client.close();
    expect(await closed).toMatchObject({ ok: false, error: { code: 'unavailable', outcome: 'not-applied' } });
    client.connect();
    admit(around);
    expect(around.socket.commands()).toEqual([]);
  });

  it('keeps running when its signal stops the waiting', async () => {
    const { client, socket } = liveStage();
    const abort = new AbortController();
    const result = client.hold(['A-1', 'A-2'], { signal: abort.signal });
    abort.abort();
    expect(await result).toMatchObject({ ok: false, error: { code: 'aborted', outcome: 'unknown' } });
    socket.tell(held(socket.commands()[0]?.id));
    expect(client.getSnapshot().holds).toEqual([mine]);
    expect(await client.hold(['A-3'], { signal: abort.signal })).toMatchObject({ error: { outcome: 'not-applied' } });
    expect(socket.commands()).toHaveLength(1);
  });

  it('is refused where too many are in flight', async () => {
    const { client } = liveStage();
    for (let count = 0; count < 64; count++) void client.hold(['A-1']);
    expect(await client.hold(['A-1'])).toMatchObject({ error: { code: 'overloaded', outcome: 'not-applied' } });
  });

  it.each(['overloaded', 'rate_limited', 'unavailable'] as const)(
    'is not retried behind the back at %s',
    async (code) => {
      const { around, client, socket } = liveStage();
      const result = client.hold(['A-1']);
      socket.tell(refused(socket.commands()[0]?.id, code, '', { retryAfterMs: 50 }));
      expect(await result).toMatchObject({ ok: false, error: { code, retryable: true, retryAfterMs: 50 } });
      await around.pass(20_000);
      expect(socket.commands()).toHaveLength(1);
    },
  );

  it('whose yes says nothing is of unknown outcome', async () => {
    const { client, socket } = liveStage();
    const result = client.hold(['A-1']);
    socket.tell({ type: 'reply', id: socket.commands()[0]?.id, ok: true });
    expect(await result).toMatchObject({ ok: false, error: { code: 'internal', outcome: 'unknown' } });
  });
});
