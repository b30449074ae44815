import { describe, expect, it } from 'vitest';
import { admit, flush, held, holdView, liveStage, refused, SERVER_TIME, watch } from './fake-surroundings.js';

const mine = holdView();

describe('an unknown outcome', () => {
  it('[CLIENT-5] is found out after a lost connection, by the same command with the same commandId', async () => {
    const { around, client, socket } = liveStage();
    const result = watch(client.hold(['A-1', 'A-2']));
    socket.drop();
    await around.pass(250);
    expect(result.value).toBeUndefined();
    admit(around);
    // Says that it is not the first, so that nobody refuses it who may have been replaced since.
    expect(around.socket.commands()).toEqual(socket.commands().map((first) => ({ ...first, again: true })));
    expect(socket.commands()[0]).not.toHaveProperty('again');
    around.socket.tell(held(around.socket.commands()[0]?.id));
    await flush();
    expect(result.value).toMatchObject({ ok: true, hold: mine });
    expect(client.getSnapshot().holds).toEqual([mine]);
  });

  it('[CLIENT-5] is not settled by a try after the lost connection that was itself turned away', async () => {
    const { around, client, socket } = liveStage();
    const result = watch(client.hold(['A-1', 'A-2']));
    socket.drop();
    await around.pass(250);
    admit(around);
    around.socket.tell(refused(around.socket.commands()[0]?.id, 'overloaded', '', { retryAfterMs: 600 }));
    await around.pass(600);
    expect(result.value).toBeUndefined();
    expect(around.socket.commands()).toHaveLength(2);
  });

  it('is asked about again where no reply comes in time', async () => {
    const { around, client, socket } = liveStage({ replyTimeoutMs: 2_000 });
    const result = watch(client.extend(mine.id));
    await around.pass(1_999);
    expect(socket.commands()).toHaveLength(1);
    await around.pass(1);
    expect(socket.commands()).toHaveLength(2);
    socket.tell(refused(socket.commands()[0]?.id, 'too_many_extensions', ''));
    await flush();
    expect(result.value).toMatchObject({ ok: false, error: { code: 'too_many_extensions', outcome: 'not-applied' } });
    await around.pass(10_000);
    expect(socket.commands()).toHaveLength(2);
  });

  it('is asked about again, after a pause, where the server does not know it either', async () => {
    const { around, client, socket } = liveStage();
    const result = watch(client.hold(['A-1', 'A-2']));
    socket.tell(refused(socket.commands()[0]?.id, 'outcome_unknown', '', { retryAfterMs: 700 }));
    await around.pass(699);
    expect(socket.commands()).toHaveLength(1);
    await around.pass(1);
    expect(socket.commands()[1]?.commandId).toBe(socket.commands()[0]?.commandId);
    // "Not applied" of a later try says nothing of the first one.
    socket.tell(refused(socket.commands()[0]?.id, 'rate_limited', '', { retryAfterMs: 900 }));
    await around.pass(900);
    expect(result.value).toBeUndefined();
    expect(socket.commands()).toHaveLength(3);
    socket.tell(held(socket.commands()[0]?.id));
    await flush();
    expect(result.value).toMatchObject({ ok: true });
  });

  it('of an internal error is asked about a few times, then told', async () => {
    const { around, client, socket } = liveStage();
    const result = watch(client.hold(['A-1']));
    for (let tries = 1; tries <= 3; tries++) {
      expect(result.value).toBeUndefined();
      expect(socket.commands()).toHaveLength(tries);
      socket.tell(refused(socket.commands()[0]?.id, 'internal', ''));
      await around.pass(2_000);
    }
    expect(result.value).toMatchObject({ ok: false, error: { code: 'internal', outcome: 'unknown' } });
    expect(socket.commands()).toHaveLength(3);
  });

  it('stays unknown after two minutes, and says so', async () => {
    const { around, client, socket } = liveStage();
    const result = watch(client.hold(['A-1']));
    around.online = false;
    socket.drop();
    await around.pass(119_999);
    expect(result.value).toBeUndefined();
    await around.pass(1);
    expect(result.value).toMatchObject({
      ok: false,
      error: { code: 'outcome_unknown', outcome: 'unknown', retryable: true },
    });
  });

  it('stays unknown where the client is closed, fails, or becomes another guest', async () => {
    const unknown = { ok: false, error: { code: 'outcome_unknown', outcome: 'unknown' } };
    for (const end of [4000, 4001] as const) {
      const { client, socket } = liveStage();
      const result = client.hold(['A-1']);
      socket.drop(end);
      expect(await result).toMatchObject(unknown);
      client.close();
    }
    const { client } = liveStage();
    const result = client.hold(['A-1']);
    client.close();
    expect(await result).toMatchObject(unknown);
  });

  it('can be taken up again by the caller with its commandId', () => {
    const { client, socket } = liveStage();
    const commandId = '99999999-9999-4999-8999-999999999999';
    void client.hold(['A-1'], { commandId });
    expect(socket.commands()[0]?.commandId).toBe(commandId);
  });

  it('does not bring back a hold whose time is over by now', async () => {
    const { client, socket } = liveStage();
    const result = client.hold(['A-1']);
    const old = holdView({ expiresAt: SERVER_TIME - 1 });
    socket.tell(held(socket.commands()[0]?.id, { hold: old }));
    expect(await result).toMatchObject({ ok: true, hold: old });
    expect(client.getSnapshot().holds).toEqual([]);
  });

  it('sends a command once that a listener gives the moment the connection is live', async () => {
    const { around, client, socket } = liveStage();
    socket.drop();
    client.on('connection', ({ state }) => state === 'connected' && void client.hold(['A-1']));
    await around.pass(250);
    admit(around);
    expect(around.socket.commands()).toHaveLength(1);
  });

  it('is none where every try was turned away while the showtime moved: it is sent on, and in the end refused', async () => {
    const { around, client, socket } = liveStage();
    const result = watch(client.hold(['A-1', 'A-2']));
    const turnAway = () =>
      around.socket.tell(refused(around.socket.commands()[0]?.id, 'moving', '', { retryAfterMs: 100 }));
    turnAway();
    // A connection that is lost between two tries takes nothing with it.
    socket.drop(4203);
    await around.pass(250);
    admit(around);
    expect(around.socket.commands()[0]?.commandId).toBe(socket.commands()[0]?.commandId);
    turnAway();
    for (let tries = 0; tries < 200 && result.value === undefined; tries++) {
      await around.pass(1_000);
      turnAway();
    }
    expect(result.value).toMatchObject({ ok: false, error: { code: 'moving', outcome: 'not-applied' } });
  });
});
