import { type WireError, wireError } from '../protocol/errors.js';

/** The header If-Match (RFC 9110 section 13.1.1): the entity tags of the versions that may be changed, or any version. */
export type IfMatch = 'any' | readonly string[];

/** The entity tag of a row that counts its versions. */
export function versionTag(version: number | string): string {
  return `"${version}"`;
}

/** Reads the header; undefined where there is none. A weak tag never matches, since the comparison is the strong one. */
export function readIfMatch(header: string): IfMatch | undefined {
  const tags = header
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length === 0) return undefined;
  return tags.includes('*') ? 'any' : tags;
}

/** Undefined where the version with this tag may be changed. */
export function refuseStale(ifMatch: IfMatch, etag: string): WireError | undefined {
  if (ifMatch === 'any' || ifMatch.includes(etag)) return undefined;
  const message = 'Somebody has changed this since it was read. Read it again, and send the ETag of what was read.';
  return wireError('stale_version', message, { field: 'If-Match' });
}
