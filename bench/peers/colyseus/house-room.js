import { Room } from '@colyseus/core';
import { ArraySchema, defineTypes, Schema } from '@colyseus/schema';
import { House } from '../house.js';

/**
 * What Colyseus keeps equal at all clients: one byte a seat. Numbers and not an object a seat, because an object is a
 * reference of its own in every snapshot, some ten times the bytes and the work of a number.
 */
class HouseState extends Schema {
  constructor() {
    super();
    this.seats = new ArraySchema();
  }
}
defineTypes(HouseState, { seats: ['uint8'] });

/** One showtime. Its changes leave with the patches of the state, 20 times a second, as Colyseus does it by default. */
export class HouseRoom extends Room {
  autoDispose = false;

  onCreate({ showtimeId, seats, bookings }) {
    this.roomId = showtimeId;
    const state = new HouseState();
    for (let seat = 0; seat < seats; seat++) state.seats.push(0);
    this.state = state;
    const house = new House(seats, (changed, status) => {
      for (const seat of changed) state.seats[seat] = status;
    });

    this.onMessage('hold', (client, { id, seats: wanted }) => {
      const hold = house.hold(wanted, client.sessionId);
      if (hold) client.send('reply', { id, ok: true, holdId: hold.id, expiresAt: hold.expiresAt });
      else client.send('reply', { id, ok: false, error: 'seats_unavailable' });
    });

    this.onMessage('release', (client, { id, holdId }) => {
      const released = house.release(holdId, client.sessionId);
      client.send('reply', released ? { id, ok: true } : { id, ok: false, error: 'unknown_hold' });
    });

    this.onMessage('book', async (client, { id, holdId }) => {
      try {
        const bookingId = await house.book(holdId, client.sessionId, (hold) => bookings.insert(showtimeId, hold));
        client.send('reply', bookingId ? { id, ok: true, bookingId } : { id, ok: false, error: 'unknown_hold' });
      } catch (error) {
        console.error('a booking could not be written:', error);
        client.send('reply', { id, ok: false, error: 'unavailable' });
      }
    });
  }
}
