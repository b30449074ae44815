import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { admit, held, liveStage, stage, watch } from './fake-surroundings.js';

describe('the session', () => {
  it('says hello again with the token it was welcomed with, and stores a guest one', () => {
    const saved: string[] = [];
    const { around, socket } = liveStage({
      sessionStore: { load: () => undefined, save: (token) => saved.push(token) },
    });
    expect(saved).toEqual(['token-1']);
    socket.drop();
    around.wake('visible');
    around.socket.open();
    expect(around.socket.said[0]).toMatchObject({ token: 'token-1' });
  });

  it('becomes a new guest where a remembered token has run out', async () => {
    const { around, client } = stage({ sessionStore: { load: () => 'stale', save: () => undefined } });
    client.connect();
    around.socket.open();
    expect(around.socket.said).toEqual([{ type: 'hello', token: 'stale' }]);
    around.socket.drop(CLOSE.unauthorized);
    await around.pass(250);
    around.socket.open();
    expect(around.socket.said).toEqual([{ type: 'hello' }]);
    around.socket.drop(CLOSE.unauthorized);
    expect(client.getSnapshot().connection).toMatchObject({ state: 'failed', error: { code: 'unauthorized' } });
  });

  it('asks for the token before each attempt', async () => {
    let asked = 0;
    const { around, client } = stage({ token: () => `token-${++asked}` });
    client.connect();
    await around.pass(0);
    around.socket.open();
    expect(around.socket.said).toEqual([{ type: 'hello', token: 'token-1' }]);
    // Whatever the welcome says: a signed-in user's token is the caller's to renew.
    admit(around, { session: 'of the server' }).drop();
    await around.pass(250);
    around.socket.open();
    expect(around.socket.said).toMatchObject([{ type: 'hello', token: 'token-2' }]);
  });

  it('asks once more where the server refuses the token, and says so; then it fails', async () => {
    const why: boolean[] = [];
    const { around, client } = stage({
      token: async ({ refused }) => {
        why.push(refused);
        return 'old';
      },
    });
    const refuse = async () => {
      await around.pass(250);
      around.socket.open();
      around.socket.drop(CLOSE.unauthorized);
    };
    client.connect();
    await refuse();
    await refuse();
    expect(why).toEqual([false, true]);
    expect(client.getSnapshot().connection).toMatchObject({ state: 'failed', error: { code: 'unauthorized' } });
  });

  it('keeps its commands on their way while the token is renewed', async () => {
    const { around, client } = stage({ token: () => 'mine' });
    client.connect();
    await around.pass(0);
    admit(around);
    const pending = watch(client.hold(['A-1']));
    around.socket.drop(CLOSE.unauthorized);
    await around.pass(250);
    admit(around);
    around.socket.tell(held(around.socket.commands()[0]?.id));
    await around.pass(0);
    expect(pending.value).toMatchObject({ ok: true });
    expect(client.getSnapshot().connection.state).toBe('connected');
    // A welcome in between: the next refusal is a first one again.
    around.socket.drop(CLOSE.unauthorized);
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no network'))],
  ])('tries again later where the source %s', async (_, fault) => {
    let asked = 0;
    const { around, client } = stage({ token: () => (asked++ === 0 ? fault() : 'mine') });
    client.connect();
    await around.pass(0);
    expect(around.sockets).toHaveLength(0);
    expect(client.getSnapshot().connection).toMatchObject({ state: 'reconnecting', error: { code: 'unavailable' } });
    await around.pass(250);
    admit(around);
    expect(client.getSnapshot().connection.state).toBe('connected');
  });

  it('forgets a token that comes after the client was closed', async () => {
    let answer = (_token: string): void => undefined;
    const token = () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      });
    const { around, client } = stage({ token });
    client.connect();
    client.close();
    answer('late');
    await around.pass(0);
    expect(around.sockets).toHaveLength(0);
    expect(client.getSnapshot().connection.state).toBe('closed');
  });

  it('fails where the given token is refused: only the caller can renew it', () => {
    const { around, client } = stage({ session: 'expired' });
    client.connect();
    around.socket.open();
    around.socket.drop(CLOSE.unauthorized);
    expect(client.getSnapshot().connection).toMatchObject({ state: 'failed', error: { code: 'unauthorized' } });
  });
});
