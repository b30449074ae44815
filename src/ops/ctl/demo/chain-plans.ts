/**
 * The halls of the chain as their managers would write them down: rows as text, and one list of seats as CSV. They go
 * through the server's importer, like the file of a user.
 */

interface PlanFile {
  readonly mediaType: 'text/plain' | 'text/csv';
  readonly text: string;
}

export interface ChainPlan extends PlanFile {
  /** How often the base price of the city a category costs. */
  readonly priceFactors: Readonly<Record<string, number>>;
}

const salon = `# A salon of armchairs and love seats.
screen: top
category: Armchair #3b74d1
A: w c 4
B-D: 7
category: Love seat #bb7a1c
E: 4p
`;

const studio = `screen: top
category: Front #2f8f83
A-B: 5 | 5
category: Standard #3b74d1
C: w c 3 | 3 c w
D-H: 6 | 6
`;

const classic = `screen: top
category: Front #2f8f83
A-C: 6 | 6
category: Standard #3b74d1
D: w c 5 | 5 c w
E-K: 7 | 7
category: Premium #8a63c9
L-M: 7 | 7
`;

const palace = `screen: top
category: Front #2f8f83
A-C: 4 | 8 | 4
category: Standard #3b74d1
D: w c 3 | 8 | 3 c w
E-M: 5 | 10 | 5
category: Premium #8a63c9
N-P: 5 | 10 | 5
`;

const grand = `screen: top
zone: Stalls
category: Front #2f8f83
A-D: 6 | 12 | 6
category: Standard #3b74d1
E: w c 4 | 12 | 4 c w
F-P: 7 | 14 | 7
zone: Balcony
category: Balcony #8a63c9
AA: 6 | 14 | 6
BB: 6 | 14 | 6
CC: 7 | 14 | 7
DD: 7 | 14 | 7
category: Box #bb7a1c
EE: 2p | 6p | 2p
`;

/** A terrace of steps that somebody kept in a spreadsheet: each row has a seat more than the one before it. */
function terrace(): string {
  const lines = Array.from({ length: 9 }, (_, row) => {
    const label = String.fromCharCode(65 + row);
    const category = row < 2 ? 'Front' : 'Standard';
    return Array.from({ length: 10 + row }, (_, seat) => `${label},${seat + 1},${category}`);
  });
  return ['row,seat,category', ...lines.flat()].join('\n');
}

const rows = (text: string, priceFactors: ChainPlan['priceFactors']): ChainPlan => {
  return { mediaType: 'text/plain', text, priceFactors };
};

export const CHAIN_PLANS = {
  salon: rows(salon, { Armchair: 1.5, 'Love seat': 1.75 }),
  studio: rows(studio, { Front: 0.8, Standard: 1 }),
  terrace: { mediaType: 'text/csv', text: terrace(), priceFactors: { Front: 0.8, Standard: 1 } },
  classic: rows(classic, { Front: 0.8, Standard: 1, Premium: 1.3 }),
  palace: rows(palace, { Front: 0.85, Standard: 1.1, Premium: 1.4 }),
  grand: rows(grand, { Front: 0.9, Standard: 1.2, Balcony: 1.3, Box: 2 }),
} as const satisfies Readonly<Record<string, ChainPlan>>;

export type PlanName = keyof typeof CHAIN_PLANS;
