import { setTimeout as sleep } from 'node:timers/promises';
import { listShowtimes } from '../boxoffice/catalogue/showtime-list.js';
import { partiesOf, partyOf } from '../boxoffice/demo/demo-parties.js';
import { BOOKED, HELD } from '../core/house.js';
import type { Ids } from '../kernel/ids.js';
import type { Log } from '../kernel/log.js';
import type { Host } from '../runtime/host.js';
import type { Hosts } from '../runtime/hosts.js';
import { buy } from './demo-purchase.js';
import type { Store } from './store.js';

/** How far ahead a house has buyers. */
const AHEAD_MS = 36 * 3_600_000;
/** Between two parties while the houses fill, and after that, when it is a sale to watch. */
const FILL_EVERY_MS = 50;
const COME_EVERY_MS = 8_000;
/** A party that came later pays, or gives back, within this. */
const DECIDE_MS_MAX = 30_000;
/** Later parties come to the next few showtimes, and leave whoever tries the demo enough to choose from. */
const SHOWTIMES_ON_SALE = 6;
const TAKEN_SHARE_MAX = 0.7;

export interface DemoCrowdParts {
  readonly pool: Store['pool'];
  readonly hosts: Pick<Hosts, 'open'>;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * People of no flesh who buy in the demo cinema, by the commands that everybody's buying goes through. First they fill the
 * houses, each to its own share; then one party comes every few seconds. Returns what sends them home.
 */
export function bringDemoCrowd({ pool, hosts, ids, log }: DemoCrowdParts): () => void {
  const home = new AbortController();
  const { signal } = home;
  const wait = (ms: number) => sleep(ms, undefined, { signal, ref: false });
  let later = 0;

  async function houses(): Promise<string[]> {
    const now = Date.now();
    const { items } = await listShowtimes(pool, { from: new Date(now), until: new Date(now + AHEAD_MS) });
    return items.map(({ id }) => id);
  }

  async function fill(showtimeId: string): Promise<void> {
    const opened = await hosts.open(showtimeId);
    if (!opened.ok) return;
    const { host } = opened;
    for (let number = 0; number < partiesOf(showtimeId, host.statuses.length); number++) {
      const party = partyOf(showtimeId, number);
      const { holds, bookings } = host.own(party.holder);
      // They have been here before the restart, or on the hour before.
      if (holds.length + bookings.length > 0) continue;
      await buy(host, party, 0, { ids, wait });
      await wait(FILL_EVERY_MS);
    }
  }

  async function come(): Promise<void> {
    const next = (await houses()).slice(0, SHOWTIMES_ON_SALE);
    const showtimeId = next[Math.floor(Math.random() * next.length)];
    const opened = showtimeId === undefined ? undefined : await hosts.open(showtimeId);
    if (!opened?.ok || takenShare(opened.host) > TAKEN_SHARE_MAX) return;
    const party = partyOf(ids.uuid(), later);
    const other = { ...party, holder: `demo:later:${later++}` };
    void buy(opened.host, other, Math.random() * DECIDE_MS_MAX, { ids, wait }).catch(() => undefined);
  }

  async function live(): Promise<void> {
    for (const showtimeId of await houses()) await fill(showtimeId);
    for (;;) {
      await wait(COME_EVERY_MS);
      await come();
    }
  }

  live().catch((error) => {
    if (!signal.aborted)
      log.warn(
        { event: 'demo.crowd_left', err: error },
        'The simulated buyers of the demo cinema stopped after an error.',
      );
  });
  return () => home.abort();
}

function takenShare({ statuses }: Host): number {
  return statuses.reduce((taken, code) => taken + (code === HELD || code === BOOKED ? 1 : 0), 0) / statuses.length;
}
