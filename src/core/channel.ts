/** By which way a seat was sold. Each hold has one, and its booking keeps it. */
export const CHANNELS = ['web', 'walk_in', 'pos', 'partner'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A hold or booking without a channel is of the web: nearly all are, and these carry nothing more. */
export type OtherChannel = Exclude<Channel, 'web'>;

/** The channel as holds and bookings carry it. */
export function otherChannel(channel: Channel | undefined): OtherChannel | undefined {
  return channel === 'web' ? undefined : channel;
}
