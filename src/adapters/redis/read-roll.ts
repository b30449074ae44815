import { z } from 'zod';
import type { Member, Roll } from '../../runtime/cluster/membership-port.js';
import { readMember } from '../read-member.js';

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
    const read = readMember(id, parsed(json));
    const beat = Number(beats.get(id) ?? Number.NaN);
    if (read && Number.isSafeInteger(beat)) members.push({ member: read, beat });
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
