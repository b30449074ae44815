/** Where a list of showtimes goes on: after the showtime with this start and id. */
export interface ShowtimePosition {
  readonly startsAt: Date;
  readonly id: string;
}

/** Opaque to clients, who pass it on as it is. @param startsAt RFC 3339. */
export function writeCursor({ startsAt, id }: { readonly startsAt: string; readonly id: string }): string {
  return Buffer.from(`${Date.parse(startsAt)} ${id}`).toString('base64url');
}

/** Undefined: this is no cursor of ours. */
export function readCursor(text: string): ShowtimePosition | undefined {
  const [, ms, id] = /^(\d{1,15}) ([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (ms === undefined || id === undefined) return undefined;
  const startsAt = new Date(Number(ms));
  return Number.isNaN(startsAt.getTime()) ? undefined : { startsAt, id };
}
