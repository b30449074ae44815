import { describe, expect, it } from 'vitest';
import type { Log } from '../../../src/kernel/log.js';
import { NO_FEED } from '../../../src/runtime/audience.js';
import { Directory } from '../../../src/runtime/directory.js';
import type { Playbill, Terms } from '../../../src/runtime/playbill-port.js';
import { TermsWatch } from '../../../src/runtime/terms-watch.js';
import { book, hold, Playhouse, SHOWTIME, START_MS, story, Watchers } from './playhouse.js';
import { isFrame, pair, RELAY_LIMITS } from './relay/small-cluster.js';

const EVERY_MS = 5_000;
const changed = (terms: Terms, rules: object, version = terms.version + 1): Terms => ({
  ...terms,
  rules: { ...terms.rules, ...rules },
  version,
});

describe('time', () => {
  it('[SALES-3] opens and closes sales, and who watches hears of it at that moment', async () => {
    const house = new Playhouse({ rules: { salesOpenAt: START_MS + 1_000, salesCloseAt: START_MS + 3_000 } });
    const actor = await house.openActor();
    const ann = house.listener('ann');
    const open: boolean[] = [];
    for (const ms of [999, 1, 1_999, 1]) {
      await house.time.advance(ms);
      house.submit(actor, ann, open.push(actor.salesOpen), hold('ann', [open.length]));
      await house.time.advance(0);
    }
    expect(open).toEqual([false, true, true, false]);
    expect(story(house.seen).filter((line) => /terms|#/.test(line))).toEqual([
      'ann#1 sales_closed',
      'terms',
      'ann#2 ok',
      'ann#3 ok',
      'terms',
      'ann#4 sales_closed',
    ]);
  });

  it('[SALES-3] does not turn before the clock of the house says so, whenever the host rings', async () => {
    const house = new Playhouse({ rules: { salesCloseAt: START_MS + 3_000 } });
    // A timer that rings early, as those of a host do that has another clock, or no room for so long a time.
    const early = { ...house.time, soon: house.time.soon.bind(house.time), now: () => house.time.now() };
    const timers = { ...early, after: (ms: number, call: () => void) => house.time.after(Math.ceil(ms / 2), call) };
    const node = house.startNode('node-2', () => ({}), timers);
    const actor = await house.openActor(node);
    await house.time.advance(2_999);
    expect(actor.salesOpen).toBe(true);
    await house.time.advance(10);
    expect([actor.salesOpen, story(house.seen)]).toEqual([false, ['terms']]);
  });
});

describe('a cancelled showtime', () => {
  const cancelled = { salesOpen: false, cancelled: true };

  it('[TERMS-5] ends all holds in the same turn, tells their holders why, and keeps its bookings', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const [ann, bob] = [house.listener('ann'), house.listener('bob')];
    const [first, second, third] = [hold('ann', [0, 1]), hold('ann', [2]), hold('bob', [3])];
    for (const [at, [who, asked]] of (
      [
        [ann, first],
        [ann, second],
        [bob, third],
      ] as const
    ).entries()) {
      house.submit(actor, who, at, asked);
    }
    await house.time.advance(0);
    house.submit(actor, ann, 3, book('ann', second.newHoldId));
    await house.time.advance(0);
    house.seen.splice(0);
    actor.renew(changed(house.terms, cancelled));
    house.submit(actor, bob, 4, book('bob', third.newHoldId));
    await house.time.advance(0);
    // A refusal waits for no write; what ended holds do waits for theirs.
    expect(story(house.seen)).toEqual([
      ...['terms', 'bob#4 sales_closed'],
      ...['taken away 0 1', 'own ann', 'taken away 3', 'own bob', 'delta 3 0. 1. 3.'],
    ]);
    expect(actor.own('ann')).toMatchObject({ holds: [], bookings: [{ seats: [2] }] });
    expect(actor.own('bob').holds).toEqual([]);
  });

  it('[TERMS-5] that an owner did not live to hear of ends them at the next one', async () => {
    const house = new Playhouse();
    house.submit(await house.openActor(), house.listener('ann'), 1, hold('ann', [0, 1]));
    await house.time.advance(0);
    house.terms = changed(house.terms, cancelled);
    const next = await house.openActor(house.startNode('node-2', () => ({})));
    await house.time.advance(1);
    expect(next.own('ann').holds).toEqual([]);
    expect([...next.statuses].every((status) => status === 0)).toBe(true);
  });
});

describe('changed terms', () => {
  it('[TERMS-1] are those of the next command, and told once; older ones are left aside', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const newer = changed(house.terms, { seatsPerHold: 1, prices: [700] });
    actor.renew(newer);
    actor.renew(newer);
    actor.renew(house.terms);
    expect([story(house.seen), actor.terms.version, actor.terms.rules.prices]).toEqual([['terms'], 2, [700]]);
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0, 1]));
    house.submit(actor, house.listener('ann'), 2, hold('ann', [0]));
    await house.time.advance(0);
    const replies = house.seen.flatMap((one) => ('to' in one ? [one.outcome] : []));
    expect(replies).toMatchObject([
      { ok: false, refusal: { code: 'too_many_seats' } },
      { ok: true, hold: { prices: [700] } },
    ]);
  });

  it('[TERMS-1] [MOVE-3] reach those who watch through another node, and those who come later', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    actor.renew(changed(house.terms, { prices: [700], salesOpen: false }));
    await cluster.advance(10);
    for (const node of [a, b]) expect(story(node.seen)).toEqual(['terms']);
    expect([relay.terms.version, relay.terms.rules.prices, relay.salesOpen]).toEqual([2, [700], false]);
    // What this node has read may be older than what the owner sells by.
    const [c] = await cluster.start('c');
    const late = await c?.relay();
    expect([late?.terms.version, late?.salesOpen, house.terms.version]).toEqual([2, false, 1]);
  });

  it('[MAP-2] with another seat map than this node read are not relayed: it is opened again', async () => {
    const { cluster, house, b, actor, relay } = await pair();
    await cluster.advance(400);
    // The showtime is given another map, the owner ends and loads it, and this node hears of neither.
    let deaf = true;
    b.link.loses = (payload, topic) => deaf && isFrame(payload, topic);
    Object.assign(house, { terms: { ...house.terms, mapHash: 'rebuilt', version: 2 } });
    actor.end('lost');
    await cluster.advance(RELAY_LIMITS.beatMs);
    deaf = false;
    await cluster.advance(RELAY_LIMITS.silentMsMax + 2 * RELAY_LIMITS.beatMs);
    expect(relay.ended).toBe('lost');
    const again = await b.relay();
    expect([again.terms.mapHash, again.terms.version]).toEqual(['rebuilt', 2]);
  });

  it('[TERMS-1] that were lost on the way to another node come with the snapshot that makes it good', async () => {
    const { cluster, house, b, actor, relay } = await pair();
    await cluster.advance(400);
    let left = 1;
    b.link.loses = (payload, topic) => isFrame(payload, topic) && left-- > 0;
    actor.renew(changed(house.terms, { prices: [700] }));
    await cluster.advance(RELAY_LIMITS.silentMsMax + RELAY_LIMITS.beatMs);
    expect([relay.terms.version, story(b.seen)]).toEqual([2, ['restarted']]);
  });
});

/** A directory whose showtime runs, and a playbill that can be changed behind its back. */
async function watched() {
  const house = new Playhouse();
  const store = { terms: house.terms, isAway: false };
  const reads: string[] = [];
  const playbill: Playbill = {
    async terms(id) {
      reads.push(id);
      return store.terms;
    },
    async versions(ids) {
      if (store.isAway) throw new Error('Postgres is away.');
      return new Map(ids.map((id) => [id, store.terms.version]));
    },
  };
  const directory = new Directory({
    journal: house.node.journal,
    playbill,
    context: house.node.context,
    audienceFor: () => new Watchers(house.seen),
    feedFor: () => NO_FEED,
    askedFor: async () => true,
    passivateAfterMs: 600_000,
    actorsMax: 10,
  });
  const logged: object[] = [];
  const note = (fields: object) => void logged.push(fields);
  const log: Log = { debug: () => {}, info: () => {}, warn: note, error: note };
  const told: string[] = [];
  const tellOwner = (id: string) => void told.push(id);
  const watch = new TermsWatch({ directory, playbill, timers: house.time, log, everyMs: EVERY_MS, tellOwner });
  void directory.open(SHOWTIME);
  await house.time.advance(0);
  const version = () => directory.running(SHOWTIME)?.terms.version;
  return { house, store, reads, watch, logged, told, version };
}

describe('terms that were changed', () => {
  it('[TERMS-3] in the database by anybody are read within one interval, and only then', async () => {
    const { house, store, reads, version } = await watched();
    await house.time.advance(3 * EVERY_MS);
    expect(reads).toHaveLength(1);
    store.terms = changed(house.terms, { salesOpen: false });
    await house.time.advance(EVERY_MS);
    expect([version(), story(house.seen)]).toEqual([2, ['terms']]);
  });

  it('[TERMS-3] through this node are there at once, and told to the node where the showtime lives', async () => {
    const { house, store, watch, told, version } = await watched();
    store.terms = changed(house.terms, { salesOpen: false });
    await watch.changed(SHOWTIME);
    await watch.changed('elsewhere');
    expect([version(), told]).toEqual([2, ['elsewhere']]);
  });

  it('[MAP-2] with another seat map end the actor, whose watchers connect again to the new one', async () => {
    const { house, store, watch, version } = await watched();
    store.terms = { ...changed(house.terms, {}), mapHash: 'rebuilt' };
    await watch.changed(SHOWTIME);
    expect(version()).toBeUndefined();
    expect(story(house.seen).at(-1)).toContain('lost');
  });

  it('[TERMS-4] into what nobody could sell by are told once, and the next good ones are taken', async () => {
    const { house, store, logged, version } = await watched();
    store.terms = changed(house.terms, { prices: [] });
    await house.time.advance(3 * EVERY_MS);
    expect([version(), logged]).toMatchObject([1, [{ event: 'terms.refused', showtimeId: SHOWTIME }]]);
    store.terms = changed(house.terms, { prices: [700] }, 3);
    await house.time.advance(EVERY_MS);
    expect([version(), logged.length]).toEqual([3, 1]);
  });

  it('[TERMS-3] are looked for again after the database was away', async () => {
    const { house, store, logged, version } = await watched();
    Object.assign(store, { isAway: true, terms: changed(house.terms, { salesOpen: false }) });
    await house.time.advance(EVERY_MS);
    expect([version(), logged]).toMatchObject([1, [{ event: 'terms.unread' }]]);
    store.isAway = false;
    await house.time.advance(EVERY_MS);
    expect(version()).toBe(2);
  });
});
