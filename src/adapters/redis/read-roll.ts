import { z } from 'zod';
import type { Member, Roll } from '../../runtime/ports.js';

/** A URL that leads clients astray must not come from a store that anybody may have written to. */
const member = z.object({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  url: z.url({ protocol: /^https?$/ }).exactOptional(),
  weight: z.number().positive().max(100),
  draining: z.boolean(),
  hot: z.array(z.string().max(100)).max(10_000),
  showtimes: z.int().nonnegative(),
});
const flat = z.array(z.string());
const reply = z.tuple([flat, flat, flat]);
const PIN_LENGTH_MAX = 200;

export interface RollRead {
  readonly roll: Roll;
  /** Entries that could not be read, by what they are called there; they are not on the roll. */
  readonly malformed: readonly string[];
}

/**
 * What the beat script returned. Redis is a hint, and others may write to it too: what is not an entry of ours is left
 * out, and named, and spoils nothing. Throws where it is no reply of the script at all.
 */
export function readRoll(returned: unknown): RollRead {
  const [memberFields, beatFields, pinFields] = reply.parse(returned);
  const malformed: string[] = [];
  const beats = new Map(pairs(beatFields));
  const members: { member: Member; beat: number }[] = [];
  for (const [id, json] of pairs(memberFields)) {
    const read = member.safeParse(parsed(json));
    const beat = Number(beats.get(id) ?? Number.NaN);
    if (read.success && read.data.id === id && Number.isSafeInteger(beat)) members.push({ member: read.data, beat });
    else malformed.push(id);
  }
  const pins = new Map<string, string>();
  for (const [showtimeId, nodeName] of pairs(pinFields)) {
    if (nodeName !== '' && nodeName.length <= PIN_LENGTH_MAX) pins.set(showtimeId, nodeName);
    else malformed.push(showtimeId);
  }
  return { roll: { members, pins }, malformed };
}

function* pairs(fields: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < fields.length; i += 2) yield [fields[i] ?? '', fields[i + 1] ?? ''];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
