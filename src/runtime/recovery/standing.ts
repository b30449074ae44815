import type { Owner } from '../journal-port.js';

/** An owner as it sees itself. */
export interface Claimed {
  readonly epoch: number;
  readonly timeline: number;
}

/**
 * What the journal says of an owner. `forgotten`: it lacks the claim, or what came of it may be lost, so that this owner
 * knows more than the journal. `overtaken`: somebody claimed after it, on what is still the history.
 */
export type Standing = 'owner' | 'overtaken' | 'forgotten';

/** `isIntact`: the journal has all that this node acknowledged. */
export function standingOf({ epoch, timeline }: Claimed, owner: Owner | undefined, isIntact: boolean): Standing {
  if (!owner) return 'forgotten';
  if (owner.epoch === epoch && owner.isMine) return 'owner';
  if (owner.timeline === timeline) return owner.epoch >= epoch ? 'overtaken' : 'forgotten';
  // Claimed on another timeline: what counts is what was there when that began.
  if (owner.timeline < timeline) return owner.epoch > epoch ? 'overtaken' : 'forgotten';
  const isLost = owner.cutEpoch < epoch || (owner.cutEpoch === epoch && !isIntact);
  return isLost ? 'forgotten' : 'overtaken';
}
