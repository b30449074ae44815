import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { admit, held, liveStage, snapshot, stage, watch, welcome } from './fake-surroundings.js';

describe('connect()', () => {
  it('resolves when the map is live, and again at once while it is', async () => {
    const { around, client } = stage();
    const first = watch(client.connect());
    const second = watch(client.connect());
    around.socket.open();
    around.socket.tell(welcome());
    await around.pass(0);
    expect(first.value).toBeUndefined();
    around.socket.tell(snapshot());
    await around.pass(0);
    expect([first.value, second.value]).toEqual([{ state: 'connected' }, { state: 'connected' }]);
    expect(await client.connect()).toEqual({ state: 'connected' });
    expect(around.sockets).toHaveLength(1);
  });

  it('waits through lost attempts, and resolves with why there will be none', async () => {
    const { around, client } = stage();
    const outcome = watch(client.connect());
    around.socket.drop();
    await around.pass(250);
    expect(outcome.value).toBeUndefined();
    around.socket.open();
    around.socket.drop(CLOSE.unknownShowtime);
    await around.pass(0);
    expect(outcome.value).toMatchObject({ state: 'failed', error: { code: 'unknown_showtime' } });
  });

  it('resolves when the client is closed', async () => {
    const { client } = stage();
    const outcome = client.connect();
    client.close();
    expect(await outcome).toEqual({ state: 'closed' });
  });

  it('is what a command that came too early asks for', async () => {
    const { client } = stage();
    void client.connect();
    const refused = await client.hold(['A-1']);
    expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable', outcome: 'not-applied' } });
    expect(!refused.ok && refused.error.message).toContain('Await connect()');
  });
});

describe('the back/forward cache', () => {
  it('lets go of its socket while the page is in the back/forward cache, and makes another when it is back', async () => {
    const { around, client, socket } = liveStage();
    const pending = watch(client.hold(['A-1']));
    around.wake('away');
    expect(socket.closedByClient).toBe(true);
    expect(client.getSnapshot()).toMatchObject({ connection: { state: 'suspended' }, stale: true });
    expect(await client.hold(['A-2'])).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    around.wake('back');
    admit(around);
    expect(client.getSnapshot()).toMatchObject({ connection: { state: 'connected' }, stale: false });
    // What was on its way is asked again, with its own id.
    const [again] = around.socket.commands();
    expect(again).toMatchObject({ type: 'hold', seats: ['A-1'], again: true });
    around.socket.tell(held(again?.id));
    await around.pass(0);
    expect(pending.value).toMatchObject({ ok: true });
  });

  it('gives up an attempt when the page leaves', () => {
    const { around, client } = stage();
    client.connect();
    around.wake('away');
    expect(around.socket.closedByClient).toBe(true);
    around.wake('back');
    expect(around.sockets).toHaveLength(2);
  });
});
