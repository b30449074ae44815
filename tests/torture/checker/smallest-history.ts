import { type SearchBounds, type SeatEvent, type SeatHistory, type SeatStep, searchSeat } from './seat-search.js';

const SHOWN_MAX = 16;

/**
 * What is left of a history that does not fit when all is taken away that can be. First what was only seen, and whole
 * lives of holds: a history that fits, fits without them. Else what came after the first moment at which it no longer fits.
 */
export function smallestHistory(history: SeatHistory, bounds: SearchBounds): SeatHistory {
  const fails = (candidate: SeatHistory) => searchSeat(candidate, bounds).verdict === 'does not fit';
  const changesOnly = { events: history.events.filter(({ step }) => !isSeen(step)), published: [] };
  return fails(changesOnly) ? withoutLives(changesOnly, fails) : firstPart(history, fails);
}

/** One event a line, in the order of their invocations; the last of them, where there are many. */
export function describeHistory({ events, published }: SeatHistory): string {
  const lines = [
    ...events.map((event) => ({ at: event.invoked, text: textOf(event) })),
    ...published.map(({ status, deadline, from }) => ({
      at: deadline,
      text: `[…, ${ms(deadline)}] ${from} shows ${status}`,
    })),
  ].sort((a, b) => a.at - b.at);
  const left = lines.length - SHOWN_MAX;
  const shown = lines.slice(-SHOWN_MAX).map(({ text }) => `    ${text}`);
  return [...(left > 0 ? [`    (${left} before these)`] : []), ...shown].join('\n');
}

function withoutLives(history: SeatHistory, fails: (candidate: SeatHistory) => boolean): SeatHistory {
  let { events } = history;
  const bookings = new Map(events.flatMap(({ step }) => (step.kind === 'sell' ? [[step.booking, step.hold]] : [])));
  const lifeOf = ({ step }: SeatEvent) =>
    'hold' in step ? step.hold : 'booking' in step ? (bookings.get(step.booking) ?? step.booking) : '';
  for (const life of new Set(events.map(lifeOf))) {
    const others = events.filter((event) => lifeOf(event) !== life);
    if (fails({ events: others, published: [] })) events = others;
  }
  return { events, published: [] };
}

function firstPart(history: SeatHistory, fails: (candidate: SeatHistory) => boolean): SeatHistory {
  const moments = [...history.events.map(({ completed }) => completed), ...history.published.map((p) => p.deadline)]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  let [low, high] = [0, moments.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fails(until(history, moments[middle] ?? 0))) high = middle;
    else low = middle + 1;
  }
  return until(history, moments[low] ?? Number.POSITIVE_INFINITY);
}

/** As it was known at that moment: what had not been answered may yet happen, or never. */
function until({ events, published }: SeatHistory, moment: number): SeatHistory {
  return {
    events: events
      .filter(({ invoked }) => invoked <= moment)
      .map((event) => (event.completed <= moment ? event : { ...event, completed: Number.POSITIVE_INFINITY })),
    published: published.filter(({ deadline }) => deadline <= moment),
  };
}

function isSeen({ kind }: SeatStep): boolean {
  return kind === 'see' || kind === 'gone' || kind === 'unsold' || kind === 'keep';
}

function textOf({ invoked, completed, step, from }: SeatEvent): string {
  const { kind, ...what } = step;
  const words = Object.entries(what).map(
    ([name, value]) =>
      `${name} ${typeof value === 'number' ? ms(value) : typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `[${ms(invoked)}, ${ms(completed)}] ${kind} ${words.join(', ')}  (${from})`;
}

function ms(time: number): string {
  return Number.isFinite(time) ? time.toFixed(1) : 'never answered';
}
