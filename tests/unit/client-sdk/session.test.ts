import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { liveStage, stage } from './fake-surroundings.js';

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

  it('fails where the given token is refused: only the caller can renew it', () => {
    const { around, client } = stage({ session: 'expired' });
    client.connect();
    around.socket.open();
    around.socket.drop(CLOSE.unauthorized);
    expect(client.getSnapshot().connection).toMatchObject({ state: 'failed', error: { code: 'unauthorized' } });
  });
});
