import { z } from 'zod';

/** A hundred percent, in hundredths of a percent. */
export const WHOLE = 10_000;

const amount = z.int().nonnegative().max(1_000_000_000);
const share = z.int().min(0).max(WHOLE);

/** Until when buyers can give seats back, or into an exchange, and what the house keeps. */
const terms = (until: string) =>
  z.strictObject({
    untilMinutesBefore: z.int().min(0).max(1_000_000).meta({ description: until }),
    feePercent: z.exactOptional(share).meta({ description: 'Kept of what was paid, in hundredths of a percent.' }),
    feeAmount: z.exactOptional(amount).meta({ description: 'Kept of each seat, in minor units.' }),
  });

/** What a showtime charges besides its prices, and what a buyer gets back who returns seats. */
export const salePolicySchema = z
  .strictObject({
    feePerTicket: z.exactOptional(amount).meta({ description: 'Minor units, added to the price of each seat.' }),
    feePercent: z.exactOptional(share).meta({
      description: 'Of the price of each seat, added to it; in hundredths of a percent: 250 is 2.5 %.',
    }),
    taxRate: z.exactOptional(share).meta({
      description: 'In hundredths of a percent. Prices and fees have the tax in them; it is shown and not added.',
    }),
    cancel: z.exactOptional(terms('Buyers can return seats until so many minutes before the start.')),
    exchange: z.exactOptional(
      terms(
        'Buyers can exchange seats for others until so many minutes before the start of the showtime that they leave.',
      ),
    ),
  })
  .meta({
    id: 'SalePolicy',
    description: 'Without `cancel`, only staff can give money back. Without `exchange`, only staff can exchange seats.',
  });
export type SalePolicy = z.output<typeof salePolicySchema>;

export const NO_POLICY: SalePolicy = {};

/** What the seat costs besides its price, in minor units. */
export function feeOf(price: number, { feePerTicket = 0, feePercent = 0 }: SalePolicy): number {
  return feePerTicket + roundedShare(price, feePercent);
}

/** The tax that an amount has in it, in minor units. */
export function taxIn(paid: number, taxRate: number): number {
  const divisor = BigInt(WHOLE + taxRate);
  return Number((BigInt(paid) * BigInt(taxRate) * 2n + divisor) / (divisor * 2n));
}

/** A share of an amount of minor units, rounded to the nearest, halves up. */
export function roundedShare(of: number, hundredths: number): number {
  return Number((BigInt(of) * BigInt(hundredths) * 2n + BigInt(WHOLE)) / BigInt(WHOLE * 2));
}
