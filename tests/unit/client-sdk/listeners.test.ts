import { describe, expect, it } from 'vitest';
import { wireError } from '../../../src/protocol/errors.js';
import { liveStage } from './fake-surroundings.js';

describe('listeners', () => {
  it('that throw harm nobody, and are told of', () => {
    const { around, client, socket } = liveStage();
    const fault = new Error('mine');
    const errors: unknown[] = [];
    let calls = 0;
    client.on('delta', () => {
      throw fault;
    });
    client.on('delta', () => calls++);
    client.on('error', () => {
      throw new Error('and again');
    });
    client.on('error', ({ cause }) => errors.push(cause));
    client.subscribe(() => {
      throw fault;
    });
    const stop = client.subscribe(() => calls++);
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'held']] });
    expect(calls).toBe(2);
    expect(errors).toEqual([fault, fault]);
    expect(around.reported).toHaveLength(4);
    expect(client.getSnapshot()).toMatchObject({ seq: 121, connection: { state: 'connected' } });
    stop();
    socket.tell({ type: 'delta', epoch: 3, seq: 122, changes: [[1, 'held']] });
    expect(calls).toBe(3);
  });

  it('hear what the server complains of without closing', () => {
    const { client, socket } = liveStage();
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const error = wireError('rate_limited', 'Slow down.', { retryAfterMs: 100 });
    socket.tell({ type: 'error', error });
    expect(errors).toEqual([error]);
    expect(client.getSnapshot().connection.state).toBe('connected');
  });
});
