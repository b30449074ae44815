import { describe, expect, it } from 'vitest';
import { admit, liveStage, snapshot, stage, withSeatMap } from './fake-surroundings.js';

describe('the seat map', () => {
  it('is fetched once for all clients, by the url of the welcome, and knows labels from then on', async () => {
    const first = await withSeatMap(liveStage({ url: 'http://shared.test/base' }));
    expect(first.around.fetched).toEqual(['http://shared.test/base/v1/seat-maps/abc']);
    const second = liveStage({ url: 'http://shared.test/base' });
    expect(second.client.statusOf('A-1')).toBeUndefined();
    const map = await second.client.seatMap();
    expect(map).toBe(await first.client.seatMap());
    expect(second.around.fetched).toEqual([]);
    expect(second.client.statusOf('A-1')).toBe('available');
  });

  it('waits for the welcome, and rejects where none will come', async () => {
    const { around, client } = stage();
    const map = withSeatMap({ around, client });
    client.connect();
    admit(around);
    await expect(map).resolves.toBeDefined();
    const other = stage();
    const never = other.client.seatMap();
    other.client.connect();
    other.around.socket.drop(4004);
    await expect(never).rejects.toThrow('4004');
    other.client.close();
    await expect(other.client.seatMap()).rejects.toThrow('closed');
  });

  it('is tried three times, and again by the next call', async () => {
    const { around, client } = liveStage();
    around.responses.push(() => new Response('', { status: 503 }));
    const failed = client.seatMap().catch((error: Error) => error.message);
    await around.pass(5_000);
    expect(await failed).toBe('network');
    expect(around.fetched).toHaveLength(3);
    await withSeatMap({ around, client });
    expect(around.fetched).toHaveLength(4);
  });

  it('offers the nearest free seat in place of a lost one, its own category first', async () => {
    const { client, socket } = await withSeatMap(liveStage());
    expect(client.nearestAvailable('A-1')).toBe('A-2');
    expect(client.nearestAvailable('A-1', ['A-2'])).toBe('A-3');
    socket.tell({
      type: 'delta',
      epoch: 3,
      seq: 121,
      changes: [
        [1, 'booked'],
        [2, 'held'],
        [3, 'blocked'],
      ],
    });
    expect(client.nearestAvailable('A-1')).toBe('B-1');
    expect(client.nearestAvailable('Z-9')).toBeUndefined();
    socket.tell(snapshot({ seq: 130, seats: 'hhhhhhhh' }));
    expect(client.nearestAvailable('A-1')).toBeUndefined();
  });
});
