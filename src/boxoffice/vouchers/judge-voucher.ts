/** Whether a voucher counts for an order, and what it comes to. Pure. */

export interface Voucher {
  readonly id: string;
  readonly code: string;
  readonly description: string;
  /** Minor units; null: it is a percentage. */
  readonly amount: number | null;
  /** Hundredths of a percent; null: it is an amount. */
  readonly percent: number | null;
  readonly currency: string | null;
  /** Empty: all, here and in the next two. */
  readonly channels: readonly string[];
  readonly showtimes: readonly string[];
  readonly movies: readonly string[];
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
  readonly minimum: number;
  readonly usesMax: number | null;
  readonly usesPerHolder: number | null;
  readonly enabled: boolean;
}

export interface SeatToDiscount {
  readonly showtimeId: string;
  readonly movieId: string;
  readonly price: number;
  readonly fee: number;
}

export interface OrderToDiscount {
  readonly channel: string;
  readonly currency: string;
  /** What it costs without discounts. */
  readonly gross: number;
  /** What is left of that after the discounts before this one. */
  readonly left: number;
  readonly seats: readonly SeatToDiscount[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Judged = { readonly ok: true; readonly amount: number } | { readonly ok: false; readonly why: string };

const HUNDREDTHS_OF_A_PERCENT = 10_000;

/** `amount` is at most what is left, and 0 where nothing is. Uses are counted elsewhere. */
export function judgeVoucher(voucher: Voucher, order: OrderToDiscount): Judged {
  const { validFrom, validUntil, currency, channels, minimum } = voucher;
  const { now } = order;
  if (!voucher.enabled) return no('does not count any more');
  if (validFrom !== null && now < validFrom.getTime()) return no('does not count yet');
  if (validUntil !== null && now >= validUntil.getTime()) return no('has expired');
  if (currency !== null && currency !== order.currency) return no(`counts for orders in ${currency} only`);
  if (channels.length > 0 && !channels.includes(order.channel)) return no('does not count for this way of buying');
  if (order.gross < minimum) return no('counts for larger orders only');
  const seats = order.seats.filter((seat) => isFor(voucher, seat));
  if (seats.length === 0) return no('does not count for these seats');
  const base = seats.reduce((sum, { price, fee }) => sum + price + fee, 0);
  return { ok: true, amount: Math.min(worth(voucher, base), base, order.left) };
}

function isFor({ showtimes, movies }: Voucher, { showtimeId, movieId }: SeatToDiscount): boolean {
  if (showtimes.length === 0 && movies.length === 0) return true;
  return showtimes.includes(showtimeId) || movies.includes(movieId);
}

/** Of a percentage: rounded down to the minor unit. Products of an amount and a share do not fit into the 53 bits of a number. */
function worth({ amount, percent }: Voucher, base: number): number {
  if (amount !== null) return amount;
  return Number((BigInt(base) * BigInt(percent ?? 0)) / BigInt(HUNDREDTHS_OF_A_PERCENT));
}

function no(why: string): Judged {
  return { ok: false, why };
}
