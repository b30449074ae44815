import type { z } from 'zod';
import type { foundBookingSchema } from '../../../protocol/http.js';
import type { ApiCommand } from './api-command.js';
import { moneyText } from './money-text.js';

type FoundBooking = z.infer<typeof foundBookingSchema>;

export const bookingCommands: readonly ApiCommand[] = [
  {
    words: 'booking find',
    operands: ['reference'],
    about: 'Shows a booking by its reference.',
    run: async ({ api, operand }) => {
      const { body } = await api.get<FoundBooking>(`/v1/bookings/${encodeURIComponent(operand('reference'))}`);
      const { reference, status, seats, price } = body.booking;
      return {
        ok: true,
        json: body,
        lines: [
          `${reference} is ${status}: ${seats.join(', ')} for ${moneyText(price)}.`,
          `Its showtime is ${body.showtimeId}.`,
        ],
      };
    },
  },
];
