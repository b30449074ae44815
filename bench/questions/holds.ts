import { sharesInWords } from '../journal/shares.js';
import { connectBuyers, peerShop, type Round, runRound, type Shop, usherShop } from '../journal/shop.js';
import type { BareCommitsOrders } from '../load/programs/bare-commits.js';
import type { Benchmark } from '../suite/benchmark.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';

const SCALE = { buyers: 256, buyersPerLine: 1, showtimes: 1, seats: 1_000, ordersPerBuyer: 1 };
const WARM_UP_MS = 2_000;
const ROUND_MS = 2_000;
const ROUNDS = 4;

interface Rounds {
  readonly usher: Round;
  readonly bare: number;
  readonly peer: Round;
}

/**
 * A hold is a promise that survives us, so it is acknowledged after Postgres has it. Each holds two seats that
 * nobody else wants, releases them, and begins anew. Beside the same over `SELECT … FOR UPDATE`, and beside flushes of the
 * same size through the same function of Postgres with no server around them.
 */
export const holds: Benchmark = {
  name: 'holds',
  question: `holds of two seats granted and released on one showtime, journalled, ${SCALE.buyers} connections`,
  async run(stage) {
    const usher = await usherShop(stage);
    const peer = await peerShop(stage);
    const bare = stage.crew<BareCommitsOrders>('bare-commits', 1);
    const [showtimeId = ''] = await connectBuyers(usher, SCALE);
    await connectBuyers(peer, SCALE);
    const bareRound = async (like: Round, ms: number) => {
      const holdsPerFlush = Math.max(1, Math.round(like.acknowledged / like.flushes));
      const order = { databaseUrl: usher.database.url, holdsPerFlush, seats: SCALE.seats, ms };
      const [told] = await bare.ask('commit', () => order);
      return told?.answer ?? Number.NaN;
    };
    stage.say('warming up');
    const first = await runRound(usher, 'holds', WARM_UP_MS);
    await bareRound(first, WARM_UP_MS);
    await runRound(peer, 'holds', WARM_UP_MS);
    const rounds: Rounds[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const ours = await runRound(usher, 'holds', ROUND_MS);
      rounds.push({
        usher: ours,
        bare: await bareRound(ours, ROUND_MS),
        peer: await runRound(peer, 'holds', ROUND_MS),
      });
    }
    await checkJournal(usher, showtimeId, first.acknowledged + sumOf(rounds));
    return findingsOf(rounds);
  },
};

function findingsOf(rounds: readonly Rounds[]): Finding[] {
  const ours = rounds.map(({ usher }) => usher.perSecond);
  const bare = rounds.map((round) => round.bare);
  const theirs = rounds.map(({ peer }) => peer.perSecond);
  const usherRounds = rounds.map(({ usher }) => usher);
  const perFlush = spreadOf(usherRounds.map(({ acknowledged, flushes }) => acknowledged / flushes)).median;
  const shared = { what: 'holds granted and released', unit: 'a second', figure: spreadOf(ours) };
  return [
    {
      ...shared,
      against: { what: 'Express + FOR UPDATE', figure: spreadOf(theirs) },
      ratio: ratioOfRounds(ours, theirs),
      goal: { atLeast: 20 },
      notes: [
        sharesInWords('Usher', usherRounds),
        sharesInWords(
          'the peer',
          rounds.map(({ peer }) => peer),
        ),
      ],
    },
    {
      ...shared,
      against: { what: 'the commit function alone', figure: spreadOf(bare) },
      ratio: ratioOfRounds(ours, bare),
      goal: { atLeast: 0.6 },
      notes: [`flushes of ${Math.round(perFlush)} holds and as many releases, of two seats each`],
    },
  ];
}

function sumOf(rounds: readonly Rounds[]): number {
  return rounds.reduce((sum, { usher }) => sum + usher.acknowledged, 0);
}

/** Every hold and every release that was acknowledged is on record, none twice, and no seat is held any more. */
async function checkJournal({ database }: Shop, showtimeId: string, cycles: number): Promise<void> {
  const { rows } = await database.pool.query<{ recorded: number; held: number }>(
    `SELECT (SELECT count(DISTINCT command_id)::int FROM usher.command_results, unnest(command_ids) AS command_id
              WHERE showtime_id = $1) AS recorded,
            (SELECT count(*)::int FROM usher.hold_seats WHERE showtime_id = $1) AS held`,
    [showtimeId],
  );
  const { recorded, held } = rows[0] ?? { recorded: 0, held: -1 };
  if (recorded !== 2 * cycles || held !== 0) {
    throw new Error(`${cycles} holds and releases were acknowledged; Postgres has ${recorded} and ${held} seats held.`);
  }
}
