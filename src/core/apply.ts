import { withAllocated } from './allocations/open-allocated.js';
import type { Command } from './command.js';
import { applyAllocate } from './commands/allocate.js';
import { applyBestAvailable } from './commands/best-available.js';
import { applyBlock } from './commands/block.js';
import { applyBook } from './commands/book.js';
import { applyCancel } from './commands/cancel.js';
import { applyCheckOut } from './commands/check-out.js';
import { applyDeallocate } from './commands/deallocate.js';
import { applyExpire } from './commands/expire.js';
import { applyExtend } from './commands/extend.js';
import { applyHold } from './commands/hold.js';
import { applyRelease } from './commands/release.js';
import { applyReseat } from './commands/reseat.js';
import { applyRetake } from './commands/retake.js';
import { applyReturnHold } from './commands/return-hold.js';
import { applyRetype } from './commands/retype.js';
import { applyTakeAway } from './commands/take-away.js';
import { applyUnblock } from './commands/unblock.js';
import { applyStopWaiting, applyWait } from './commands/wait.js';
import type { House } from './house.js';
import type { Applied } from './reply.js';
import { offerFreed } from './waitlist/offer-freed.js';

/**
 * Changes the house as the command says, or refuses and changes nothing. Synchronous, deterministic and total: the same
 * house, command and `now` (milliseconds since 1970) always give the same answer; a refusal is a value, and an exception
 * is a bug. Which rule refuses first is written down in `SPEC.md`.
 */
export function apply(house: House, command: Command, now: number): Applied {
  const applied = applyAlone(house, command, now);
  // As in nearly all houses.
  if (house.waiting === undefined) return applied;
  return offerFreed(house, house.waiting, applied, now);
}

/** Without regard to those who wait for seats. */
function applyAlone(house: House, command: Command, now: number): Applied {
  // As in nearly all houses.
  if (house.allocations.size === 0) return decide(house, command, now);
  return withAllocated(house, command, () => decide(house, command, now));
}

function decide(house: House, command: Command, now: number): Applied {
  switch (command.type) {
    case 'hold':
      return applyHold(house, command, now);
    case 'best_available':
      return applyBestAvailable(house, command, now);
    case 'release':
      return applyRelease(house, command, now);
    case 'retype':
      return applyRetype(house, command, now);
    case 'extend':
      return applyExtend(house, command, now);
    case 'book':
      return applyBook(house, command, now);
    case 'check_out':
      return applyCheckOut(house, command, now);
    case 'return_hold':
      return applyReturnHold(house, command, now);
    case 'retake':
      return applyRetake(house, command, now);
    case 'cancel':
      return applyCancel(house, command);
    case 'block':
      return applyBlock(house, command);
    case 'unblock':
      return applyUnblock(house, command);
    case 'take_away':
      return applyTakeAway(house, command, now);
    case 'reseat':
      return applyReseat(house, command);
    case 'allocate':
      return applyAllocate(house, command, now);
    case 'deallocate':
      return applyDeallocate(house, command);
    case 'wait':
      return applyWait(house, command, now);
    case 'stop_waiting':
      return applyStopWaiting(house, command, now);
    case 'expire':
      return applyExpire(house, now);
  }
}
