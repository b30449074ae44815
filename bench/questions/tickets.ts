import { fileURLToPath } from 'node:url';
import type { TicketsOrders } from '../load/programs/tickets.js';
import type { Benchmark } from '../suite/benchmark.js';
import { ratioOfRounds, spreadOf } from '../suite/finding.js';

/** Of a core, for a ticket with its QR code and its fonts. */
const BUDGET_MS = 8;
const WARM_UP_TICKETS = 200;
const TICKETS = 250;
const ROUNDS = 4;
/** Beside the server's bundle. */
const SCRIPT = fileURLToPath(new URL('../../print-worker.js', import.meta.url));

/** What a ticket as a PDF costs, each with another code, seat and buyer, in the thread that nodes draw them in. */
export const tickets: Benchmark = {
  name: 'tickets',
  question: 'processor time of a ticket as a PDF, with its QR code, in four alphabets',
  async run(stage) {
    const crew = stage.crew<TicketsOrders>('tickets', 1);
    const print = async (count: number) => {
      const [told] = await crew.ask('print', () => ({ script: SCRIPT, tickets: count }));
      return [...(told?.answer ?? [])].sort((a, b) => a - b);
    };
    stage.say('warming up');
    const first = (await print(1))[0] ?? Number.NaN;
    await print(WARM_UP_TICKETS);
    const rounds: number[][] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      rounds.push(await print(TICKETS));
    }
    const at = (share: number) => rounds.map((spent) => spent[Math.floor(spent.length * share)] ?? Number.NaN);
    const budget = rounds.map(() => BUDGET_MS);
    return [
      {
        what: 'a ticket as a PDF, p95',
        unit: 'ms of a core',
        figure: spreadOf(at(0.95)),
        against: { what: 'budget', figure: spreadOf(budget) },
        ratio: ratioOfRounds(at(0.95), budget),
        goal: { atMost: 1 },
        notes: [
          `median ${spreadOf(at(0.5)).median.toFixed(1)} ms; the first of a thread, with its fonts, ${Math.round(first)} ms`,
        ],
      },
    ];
  },
};
