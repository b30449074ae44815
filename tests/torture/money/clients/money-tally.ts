/** What clients have seen, for the report: a run in which little happened proves little. The checker does not read it. */
export interface MoneyTally {
  answers: number;
  repeats: number;
  lostAnswers: number;
  readonly ways: Map<string, number>;
  /** Errors by their code, where a client did not expect one. */
  readonly refusals: Map<string, number>;
}

export function newTally(): MoneyTally {
  return { answers: 0, repeats: 0, lostAnswers: 0, ways: new Map(), refusals: new Map() };
}

export function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
