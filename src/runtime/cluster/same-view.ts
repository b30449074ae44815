import type { MembersSeen } from './members.js';
import type { Member } from './membership-port.js';

/** Whether two views send every showtime to the same node in the same way; how many showtimes run where is not looked at. */
export function sameView(one: MembersSeen, other: MembersSeen): boolean {
  return sameMembers(one.live, other.live) && sameMembers(one.candidates, other.candidates);
}

export function samePins(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [showtimeId, name] of one) if (other.get(showtimeId) !== name) return false;
  return true;
}

/** Both in the same order. */
function sameMembers(some: readonly Member[], others: readonly Member[]): boolean {
  return some.length === others.length && some.every((one, i) => sameMember(one, others[i]));
}

function sameMember(one: Member, other: Member | undefined): boolean {
  if (one === other) return true;
  return (
    other !== undefined &&
    one.id === other.id &&
    one.url === other.url &&
    one.link === other.link &&
    one.weight === other.weight &&
    one.draining === other.draining &&
    one.hot.length === other.hot.length &&
    one.hot.every((showtimeId, i) => showtimeId === other.hot[i])
  );
}
