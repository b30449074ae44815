import { z } from 'zod';

/**
 * The cards of the test provider, by number and by name. The numbers pass the check of card numbers, and belong to nobody:
 * they begin as test cards of other providers do.
 */
export const TEST_CARDS = {
  succeed: '4242424242424242',
  decline: '4000000000000002',
  /** The buyer confirms or refuses on a page of the provider. */
  further_step: '4000000000003220',
  /** The money arrives after `delayMs`. */
  late: '4000000000000077',
  /** One payment, reported twice. */
  twice: '4000000000000085',
  /** It stays in progress for ever, and no money arrives. */
  never: '4000000000000093',
  /** The money arrives, and nobody is told: only a look at the payment finds it. */
  silent: '4000000000000101',
  /** Another sum arrives: `amount`, or one minor unit less than was asked for. */
  other_sum: '4000000000000119',
  /** Succeeds; its refunds are refused for good. */
  no_refund: '4000000000000127',
} as const;
export type TestCard = keyof typeof TEST_CARDS;

const BY_NUMBER = new Map(Object.entries(TEST_CARDS).map(([name, number]) => [number as string, name as TestCard]));
const LATE_MS = 5_000;
const DAYS_90_MS = 90 * 86_400_000;

function cardOf(text: string): TestCard | undefined {
  if (Object.hasOwn(TEST_CARDS, text)) return text as TestCard;
  return BY_NUMBER.get(text.replaceAll(/[ -]/g, ''));
}

/** What a payment by the test provider has as `details`. */
export const testDetails = z.strictObject({
  card: z
    .string()
    .max(40)
    .transform((text, context) => {
      const card = cardOf(text);
      if (card) return card;
      context.addIssue(`is the name or the number of a test card: ${Object.keys(TEST_CARDS).join(', ')}`);
      return z.NEVER;
    }),
  delayMs: z.int().min(0).max(DAYS_90_MS).default(LATE_MS),
  /** In minor units. */
  amount: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});
export type TestDetails = z.output<typeof testDetails>;
