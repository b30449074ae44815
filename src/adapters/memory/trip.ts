import type { Timers } from '../../kernel/timers.js';

/** What befalls one call on its way to a store and back. */
export interface Trip {
  /** Until the store acts; 0 where absent, and so below. */
  readonly thereMs?: number;
  /** From then until the caller is answered. */
  readonly backMs?: number;
  /** `request`: the store never hears of it. `answer`: it acts, and the caller is never told. */
  readonly lost?: 'request' | 'answer';
  /** Asked as the store acts: whether it says with its answer that a standby may not have it. */
  readonly isUnreplicated?: () => boolean;
  /** Where something is lost: when the caller notices. Sooner than `thereMs`, the call lingers and acts late. */
  readonly brokenAfterMs?: number;
}

/** Has the store act, on a way that can be as bad as a network. Rejects with what the store throws, or as broken. */
export function travel<Answer>(timers: Timers, trip: Trip, act: () => Answer | Promise<Answer>): Promise<Answer> {
  const { thereMs = 0, backMs = 0, lost, brokenAfterMs = thereMs + backMs } = trip;
  return new Promise((resolve, reject) => {
    if (lost) timers.after(brokenAfterMs, () => reject(new Error('The connection to the store broke.')));
    if (lost === 'request') return;
    timers.after(thereMs, () => {
      const answer = attempt(act);
      const isUnreplicated = trip.isUnreplicated?.() ?? false;
      if (isUnreplicated) timers.after(backMs, () => reject(new Error('The commit may not be on the standby.')));
      else if (lost === undefined) timers.after(backMs, () => answer.then(resolve, reject));
    });
  });
}

/** Acts now; the outcome can be looked at later, or never. */
function attempt<Answer>(act: () => Answer | Promise<Answer>): Promise<Answer> {
  const answer = new Promise<Answer>((resolve) => {
    resolve(act());
  });
  answer.catch(() => {});
  return answer;
}
