import type { Draft, DraftSeat } from '../../core/import/draft.js';
import type { SeatDraft } from './plan-draft.js';

/**
 * Joins companions to the wheelchair space beside them, and halves of pairs two by two, in the order of the file.
 * @param members the seats of one row, which are the draft's from `first` on.
 */
export function linkNeighbours(draft: Draft, members: readonly SeatDraft[], first: number): void {
  const isWheelchair = (i: number) => draft.seats[first + i]?.wheelchair === true;
  for (let i = 0; i < members.length; i++) {
    const { kind, at } = members[i] as SeatDraft;
    if (isWheelchair(i)) continue;
    if (kind === 'companion') {
      // The space on the left has the companion, unless there is none: `w c c w` reads as two parties.
      const offset = isWheelchair(i - 1) ? -1 : isWheelchair(i + 1) ? 1 : nearestSpace(members, i, isWheelchair);
      if (offset === undefined) {
        draft.findings.problem(at, 'its row has no wheelchair space that it could belong to', 'companion_alone');
      } else link(draft, first + i, first + i + offset, 'companionOf');
    }
    if (kind === 'pair') {
      if (members[i + 1]?.kind === 'pair' && !isWheelchair(i + 1)) {
        link(draft, first + i, first + i + 1, 'pairWith');
        i++;
      } else draft.findings.problem(at, 'the other half of this pair does not follow it', 'pair_incomplete');
    }
  }
}

/** Beyond other companions: `w c c` is one space with two. */
function nearestSpace(
  members: readonly SeatDraft[],
  from: number,
  isWheelchair: (i: number) => boolean,
): number | undefined {
  for (const step of [-1, 1]) {
    let i = from + step;
    while (members[i]?.kind === 'companion' && !isWheelchair(i)) i += step;
    if (isWheelchair(i)) return i - from;
  }
  return undefined;
}

function link(draft: Draft, from: number, to: number, how: 'companionOf' | 'pairWith'): void {
  const [seat, target] = [draft.seats[from], draft.seats[to]];
  if (seat === undefined || target === undefined) return;
  const guid = target.guid === '' ? `#${to}` : target.guid;
  draft.seats[to] = { ...target, guid };
  draft.seats[from] = { ...seat, [how]: guid } satisfies DraftSeat;
}
