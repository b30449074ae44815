import type { Cluster, Redis } from 'ioredis';

/**
 * One beat in one round trip: registers the member, unless it is known with the same or a later beat (a script that runs
 * twice, or late, changes nothing), and returns members, beats and pins as flat lists. A stored beat that is no number
 * counts as none.
 */
const BEAT = `
local known = redis.call('HGET', KEYS[2], ARGV[1])
if not (known and string.match(known, '^%d+$') and tonumber(known) >= tonumber(ARGV[2])) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]) }
`;

/** Takes members off the roll. */
const FORGET = `
redis.call('HDEL', KEYS[1], unpack(ARGV))
return redis.call('HDEL', KEYS[2], unpack(ARGV))
`;

/** 0: there are as many pins as there may be, and this would be one more. */
const PIN = `
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`;

/** The commands that these scripts become: sent by their hash, with their text where a server does not know them. */
export interface RollScripts {
  usherBeat(members: string, beats: string, pins: string, id: string, beat: number, json: string): Promise<unknown>;
  usherForget(members: string, beats: string, ...ids: string[]): Promise<unknown>;
  usherPin(pins: string, showtimeId: string, nodeName: string, pinsMax: number): Promise<unknown>;
}

export function withRollScripts(client: Redis | Cluster): RollScripts {
  client.defineCommand('usherBeat', { lua: BEAT, numberOfKeys: 3 });
  client.defineCommand('usherForget', { lua: FORGET, numberOfKeys: 2 });
  client.defineCommand('usherPin', { lua: PIN, numberOfKeys: 1 });
  // ioredis has just made these methods; its types cannot know of them.
  return client as unknown as RollScripts;
}
