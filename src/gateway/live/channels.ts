import type { Audience } from '../../runtime/audience.js';
import { Channel, type Publish } from './channel.js';
import { Goodbyes } from './goodbyes.js';
import type { LiveLimits } from './live-limits.js';

/** The channels of this node, one a running showtime. */
export class Channels {
  readonly goodbyes = new Goodbyes();
  readonly #channels = new Map<string, Channel>();
  readonly #publish: Publish;
  readonly #limits: LiveLimits;

  constructor(publish: Publish, limits: LiveLimits) {
    this.#publish = publish;
    this.#limits = limits;
  }

  /** For the directory, at each activation. The channel of an earlier life has sent its clients away by then. */
  readonly audienceFor = (showtimeId: string): Audience => {
    const channel = new Channel(showtimeId, this.#publish, this.#limits, () => {
      if (this.#channels.get(showtimeId) === channel) this.#channels.delete(showtimeId);
    });
    this.#channels.set(showtimeId, channel);
    return channel;
  };

  of(showtimeId: string): Channel | undefined {
    return this.#channels.get(showtimeId);
  }

  heartbeat(serverTime: number): void {
    for (const channel of this.#channels.values()) channel.heartbeat(serverTime);
    this.goodbyes.look(serverTime);
  }
}
