import { z } from 'zod';
import type { Member } from '../runtime/cluster/membership-port.js';

/** `host:port`, the host of an IPv6 address in brackets. */
export const LINK_ADDRESS = /^(\[[0-9a-f:.]+\]|[^\s:[\]/@]+):\d{1,5}$/i;

/** A URL that leads clients astray must not come from a store that anybody may have written to. */
const member = z.object({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  url: z.url({ protocol: /^https?$/ }).exactOptional(),
  link: z.string().max(300).regex(LINK_ADDRESS).exactOptional(),
  weight: z.number().positive().max(100),
  draining: z.boolean(),
  hot: z.array(z.string().max(100)).max(10_000),
  showtimes: z.int().nonnegative(),
});

/** What a store of members has under `id`; undefined where that is no entry of ours. */
export function readMember(id: string, entry: unknown): Member | undefined {
  const read = member.safeParse(entry);
  return read.success && read.data.id === id ? read.data : undefined;
}
