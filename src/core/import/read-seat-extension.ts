import type { Draft } from './draft.js';
import { noteUnknownKeys } from './known-keys.js';
import { asObject, type JsonObject, member, readGuid } from './read-value.js';

interface SeatExtension {
  readonly wheelchair: boolean;
  readonly companionOf: string | undefined;
  readonly pairWith: string | undefined;
}

const ORDINARY: SeatExtension = { wheelchair: false, companionOf: undefined, pairWith: undefined };
/** What other editors call it. */
const FOREIGN_WHEELCHAIR = ['wheelchair', 'is_wheelchair', 'wheelchair_space', 'wheelchair_accessible'];

/**
 * What is special about a seat. What our `usher` key says of access is never guessed: a value that is not understood
 * refuses the plan. Keys of other editors count where there is none of ours.
 */
export function readSeatExtension(draft: Draft, seat: JsonObject, path: string): SeatExtension | undefined {
  const { findings } = draft;
  const value = member(seat, 'usher');
  if (value === undefined || value === null) return readForeign(draft, seat, path);
  const usher = asObject(value);
  if (usher === undefined) {
    findings.problem(`${path}.usher`, 'must be an object');
    return undefined;
  }
  noteUnknownKeys(findings, usher, 'usher key of a seat', `${path}.usher`);
  const wheelchair = member(usher, 'wheelchair') ?? false;
  if (typeof wheelchair !== 'boolean') {
    findings.problem(`${path}.usher.wheelchair`, 'must be true or false');
    return undefined;
  }
  const companionOf = readLink(draft, usher, 'companion_of', path);
  const pairWith = readLink(draft, usher, 'pair_with', path);
  const roles = Number(wheelchair) + Number(companionOf !== undefined) + Number(pairWith !== undefined);
  if (roles > 1) {
    findings.problem(`${path}.usher`, 'a seat is a wheelchair space, a companion seat or half of a pair, not several');
    return undefined;
  }
  return { wheelchair, companionOf, pairWith };
}

function readForeign(draft: Draft, seat: JsonObject, path: string): SeatExtension {
  let wheelchair = false;
  for (const key of FOREIGN_WHEELCHAIR) {
    const value = member(seat, key);
    if (value === undefined || value === null || value === false) continue;
    const message =
      value === true
        ? `"${key}": true was read as a wheelchair space.`
        : `"${key}" is neither true nor false and was not read.`;
    draft.findings.repair(`${path}.${key}`, 'foreign_wheelchair', message, String(value === true));
    wheelchair ||= value === true;
  }
  return wheelchair ? { ...ORDINARY, wheelchair } : ORDINARY;
}

function readLink(draft: Draft, usher: JsonObject, key: string, path: string): string | undefined {
  const value = member(usher, key);
  if (value === undefined || value === null) return undefined;
  const guid = readGuid(value);
  if (guid === '') draft.findings.problem(`${path}.usher.${key}`, 'must be the seat_guid of a seat');
  return guid;
}
