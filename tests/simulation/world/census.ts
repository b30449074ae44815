/** What changes orders, as their store has it: each loses its answer now and then after it took effect. */
const LOST_KINDS = [
  'draft',
  'open',
  'cancel',
  'addPayment',
  'prolong',
  'noteStarted',
  'settle',
  'raiseAttempt',
  'decideRefund',
  'fulfil',
  'endRefunded',
  'settleRefund',
  'expire',
  'holdsDue',
  'holdsGivenBack',
  'due',
  'takeRefunds',
  'postponeRefund',
  'takePayments',
] as const;
type LostKind = (typeof LOST_KINDS)[number];

export function isLostKind(name: string): name is LostKind {
  return (LOST_KINDS as readonly string[]).includes(name);
}

export function lostAnswer<Kind extends LostKind>(kind: Kind): `the answer to ${Kind} was lost` {
  return `the answer to ${kind} was lost`;
}

/**
 * How often each rare path was taken. A simulation in which nothing ever goes wrong proves nothing, so a sweep fails
 * where one of these stayed at zero.
 */
export const SOMETIMES = [
  'a node was killed',
  'a node was frozen past its lease',
  'a node drained',
  'a node joined',
  'Postgres was away',
  'Postgres lost a request',
  'Postgres lost an answer',
  'a standby that lagged was promoted',
  'a commit may not have been on the standby',
  'a claim waited for others to look',
  'a lost booking was written again',
  'a lost hold was written again',
  'a lost seat was named',
  'a lost write acted late',
  'a batch was given again',
  'a batch was fenced',
  'a claim was made under a newer epoch',
  'Redis was away',
  'Redis forgot everything',
  'a cluster came to rest without Redis',
  'Redis told of the past',
  'messages between nodes were lost',
  'a message between nodes came twice',
  'a connection was cut without a word',
  'a connection was reset',
  'a client was relayed',
  'a client was sent on',
  'a client resumed',
  'a client was given a snapshot in the stream',
  'a slow client was taken out of the stream',
  'a command was sent more than once',
  'a command was asked by two windows at once',
  'a replay was given the first outcome',
  'an outcome on record was recalled',
  'an outcome was unknown at first',
  'a hold expired',
  'a payment came late',
  'a hold was refused for another',
  'a booking was cancelled',
  'a seat was sold as another type',
  'seats were blocked',
  'seats were allocated',
  'a hold was taken away',
  'a booking was reseated',
  'staff held for a customer',
  'a hold went into an order',
  'a hold left its order',
  'a hold in an order was refused to another',
  'an order took its seats again',
  'an order was booked',
  'a booking of an order was refused to another',
  'a booking was cancelled in part',
  'a showtime was passivated',
  'a showtime was handed over',
  'a node lost its lease',
  'somebody who waited was offered seats',
  'somebody took what they were offered',
  'an offer ended without being taken',
  'somebody left the line',
  'an overtaken owner was asked for what the next one acknowledged',
  'an order was fulfilled',
  'an order of two holds was fulfilled',
  'an order of two holds was given back',
  'an order expired',
  'an order was cancelled',
  'a draft that was left was ended',
  'a request for an order was sent twice',
  'late money took its seats again',
  'late money was given back',
  'a second payment was given back',
  'a wrong sum was given back',
  'money for a cancelled order was given back',
  'money that nobody reported was found',
  'a refund was tried until the provider gave in',
  'a refund was pending for a while',
  'an answer of the provider was lost',
  'two nodes brought on one order at once',
  'a monitor finished the order of a dead node',
  'a node died between a payment and its record',
  'a node died between a refund and its record',
  ...LOST_KINDS.map(lostAnswer),
] as const;

export type Sometimes = (typeof SOMETIMES)[number];

export class Census {
  readonly #counts = new Map<Sometimes, number>();

  count(what: Sometimes, times = 1): void {
    this.#counts.set(what, this.of(what) + times);
  }

  of(what: Sometimes): number {
    return this.#counts.get(what) ?? 0;
  }

  add(counts: Readonly<Partial<Record<Sometimes, number>>>): void {
    for (const what of SOMETIMES) this.count(what, counts[what] ?? 0);
  }

  counts(): Readonly<Record<Sometimes, number>> {
    return Object.fromEntries(SOMETIMES.map((what) => [what, this.of(what)])) as Record<Sometimes, number>;
  }

  missing(): readonly Sometimes[] {
    return SOMETIMES.filter((what) => this.of(what) === 0);
  }
}
