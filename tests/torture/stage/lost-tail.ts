/** What one server had and another has not, as of the moment in which the second takes the place of the first. */
import type pg from 'pg';
import { connected } from '../../postgres/postgres-server.js';
import type { LostTail, SeatThen } from '../checker/history.js';

interface HouseContents {
  readonly owner: string;
  readonly epoch: number;
  /** Of the owner's claim, in milliseconds since 1970. */
  readonly claimedAt: number;
  /** Every command on record as having taken effect. */
  readonly commands: ReadonlySet<string>;
  /** By seat index; a seat that is not there is available. */
  readonly seats: ReadonlyMap<number, SeatThen>;
}

/** By showtime. */
export type ServerContents = ReadonlyMap<string, HouseContents>;

const AVAILABLE: SeatThen = { kind: 'free' };

export async function readContents(of: string | pg.Client): Promise<ServerContents> {
  if (typeof of === 'string') return await connected(of, readContents);
  await of.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const owners = await of.query<{ id: string; node: string; epoch: number; claimedAt: number }>(
    `SELECT showtime_id AS id, node, epoch::float8 AS epoch, extract(epoch FROM claimed_at)::float8 * 1000 AS "claimedAt"
       FROM usher.showtime_owners`,
  );
  const commands = await of.query<{ id: string; command: string }>(
    `SELECT showtime_id AS id, unnest(command_ids) AS command FROM usher.command_results
      UNION ALL SELECT showtime_id, command_id FROM usher.bookings`,
  );
  const held = await of.query<{ id: string; seat: number; hold: string; until: number }>(
    `SELECT showtime_id AS id, seat_index AS seat, hold_id AS hold, extract(epoch FROM expires_at)::float8 * 1000 AS until
       FROM usher.hold_seats`,
  );
  const sold = await of.query<{ id: string; seat: number; booking: string }>(
    'SELECT showtime_id AS id, seat_index AS seat, booking_id AS booking FROM usher.booking_seats',
  );
  await of.query('COMMIT');
  const contents = new Map(
    owners.rows.map(({ id, ...owner }) => [
      id,
      { owner: owner.node, ...owner, commands: new Set<string>(), seats: new Map<number, SeatThen>() },
    ]),
  );
  for (const { id, command } of commands.rows) contents.get(id)?.commands.add(command);
  for (const { id, seat, hold, until } of held.rows) contents.get(id)?.seats.set(seat, { kind: 'held', hold, until });
  for (const { id, seat, booking } of sold.rows) contents.get(id)?.seats.set(seat, { kind: 'booked', booking });
  return contents;
}

/** Of each showtime of which the first had something that the second has not. */
export function compareServers(before: ServerContents, after: ServerContents): LostTail[] {
  const lost: LostTail[] = [];
  for (const [showtime, had] of before) {
    const has = after.get(showtime);
    const commands = [...had.commands].filter((command) => !has?.commands.has(command));
    const seats = [...new Set([...had.seats.keys(), ...(has?.seats.keys() ?? [])])]
      .map((seat) => [seat, has?.seats.get(seat) ?? AVAILABLE] as const)
      .map(([seat, then]) => [seat, then, textOf(had.seats.get(seat) ?? AVAILABLE) !== textOf(then)] as const);
    const epochs = [had.epoch, has?.epoch ?? 0] as const;
    const isSame = commands.length === 0 && epochs[0] === epochs[1] && seats.every(([, , differed]) => !differed);
    if (isSame) continue;
    lost.push({ showtime, owner: had.owner, claimedAt: had.claimedAt, epochs, commands, seats });
  }
  return lost;
}

function textOf(seat: SeatThen): string {
  return JSON.stringify(seat);
}
