import type { Actor } from '../actor.js';
import type { Feed } from '../audience.js';
import type { Directory } from '../directory.js';
import type { CommandAnswer, CommandCall, FollowAnswer, MarkAnswer } from './messages.js';
import type { NodeCalls } from './node-calls.js';
import { readCommandCall, readFields, readFollowCall, readKeepCast, readText } from './read-messages.js';
import { RelayedSession } from './relayed-session.js';
import { type FeedContext, StreamFeed } from './stream-feed.js';

/** What this node does for nodes that relay its showtimes: lets them follow, and takes their clients' commands. */
export class OwnerDesk {
  readonly #context: FeedContext;
  readonly #feeds = new Map<string, StreamFeed>();
  /** Sessions with commands on their way, by id and holder. */
  readonly #sessions = new Map<string, RelayedSession>();

  constructor(context: FeedContext) {
    this.#context = context;
  }

  /** For the directory, at each activation. */
  readonly feedFor = (showtimeId: string, epoch: number): Feed => {
    const feed = new StreamFeed(showtimeId, epoch, this.#context, () => {
      if (this.#feeds.get(showtimeId) === feed) this.#feeds.delete(showtimeId);
    });
    this.#feeds.set(showtimeId, feed);
    return feed;
  };

  /** `isHere`: whether a showtime that does not run yet is ours to load. */
  serve(calls: NodeCalls, directory: Directory, isHere: (showtimeId: string) => boolean): void {
    calls.answer('follow', async (body): Promise<FollowAnswer> => {
      const { showtimeId, from } = readFollowCall(body);
      if (!directory.running(showtimeId) && !isHere(showtimeId)) return { refused: 'not_owner' };
      const opened = await directory.open(showtimeId);
      if (!opened.ok) return { refused: opened.reason };
      const { host } = opened;
      const feed = this.#feedOf(host);
      return feed && !host.ended && host.confirmed ? feed.follow(from, host) : { refused: 'moving' };
    });
    calls.answer('keep', (body) => {
      const { showtimeId, from, watchers } = readKeepCast(body);
      this.#feeds.get(showtimeId)?.keep(from, watchers);
    });
    calls.answer('mark', async (body): Promise<MarkAnswer> => {
      const actor = directory.running(readText(readFields(body).showtimeId));
      if (!actor) return { refused: 'not_owner' };
      // Of the actor's life: it may have ended when the answer is here.
      const feed = this.#feedOf(actor);
      return (await actor.current()) ? { epoch: actor.epoch, at: feed?.at ?? 0 } : { refused: 'moving' };
    });
    calls.answer('command', async (body): Promise<CommandAnswer> => {
      const call = readCommandCall(body);
      const actor = directory.running(call.showtimeId);
      // It lay somewhere for long: its sender was told that nobody knows, and may have done something else since.
      const isLate = this.#context.clock.now() > call.until;
      return actor && !isLate ? await this.#command(actor, call) : { refused: 'not_owner' };
    });
  }

  async #command(actor: Actor, { session: id, holder, submission }: CommandCall): Promise<CommandAnswer> {
    const key = `${id} ${holder}`;
    const session = this.#sessions.get(key) ?? new RelayedSession(id, holder);
    this.#sessions.set(key, session);
    // Of the actor's life: it may have ended when the outcome is here.
    const feed = this.#feedOf(actor);
    const { outcome, isReplay } = await session.submit(actor, submission);
    if (session.isIdle) this.#sessions.delete(key);
    // By now, a turn of promises later, what it did has been given to the feed.
    return { outcome, isReplay, epoch: actor.epoch, at: feed?.at ?? 0 };
  }

  #feedOf({ showtimeId, epoch }: Actor): StreamFeed | undefined {
    const feed = this.#feeds.get(showtimeId);
    return feed?.epoch === epoch ? feed : undefined;
  }
}
