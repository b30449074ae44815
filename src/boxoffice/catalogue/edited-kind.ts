/** The endpoints of a kind of thing that people edit: read one, add where it has no file of its own, change, delete. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type IfMatch, refuseStale, versionTag } from '../../http/if-match.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { editOnce, type Repeatable } from '../repeated-requests.js';
import { type Edited, type EditParts, edit, isReferredTo, refuse } from './edit-parts.js';
import type { Reads } from './reads.js';

export interface EditedKind<Thing extends { readonly id: string }> {
  readonly noun: 'movie' | 'venue' | 'hall';
  readonly tag: 'Catalogue' | 'Halls';
  readonly permission: 'catalogue.edit' | 'halls.edit';
  /** Of all of them: `/v1/movies`. */
  readonly path: string;
  readonly unknown: ErrorCode;
  /** What stands in the way of deleting one: "showtimes". */
  readonly users: string;
  /** What is public of one, and what people edit. */
  readonly schema: z.ZodType<Thing>;
  /** Absent: it is added by an endpoint of its own. */
  readonly adding?: Adding<Thing>;
  readonly changed: z.ZodType<Partial<Thing>>;
  /** Constants: `find` and `lock` give the row of $1 with its version, `remove` deletes it. */
  readonly sql: Readonly<Record<'find' | 'lock' | 'update' | 'remove', string>>;
  /** The parameters of `update`; the id is $1. */
  columns(thing: Thing): unknown[];
}

export interface Adding<Thing> {
  /** Its output has every member. */
  readonly body: z.ZodType<Thing>;
  /** A constant with the parameters of `update`; it does nothing where the id is taken. */
  readonly sql: string;
}

type Parts = Pick<EditParts, 'pool' | 'audit' | 'changed'>;
type Row<Thing> = Thing & { readonly version: string };

export function editedEndpoints<Thing extends { readonly id: string }>(
  kind: EditedKind<Thing>,
  parts: Parts,
): readonly Endpoint[] {
  const { noun, path, schema: reply, unknown, tag, permission, adding } = kind;
  const name = nameOf(noun);
  const editing = { tag, access: { permission }, rate: 'commands' } as const;
  // The name of the parameter is the kind's; what the compiler checks is that there is one.
  const one = {
    ...editing,
    path: `${path}/{${noun}Id}` as '/{id}',
    parameters: { [`${noun}Id`]: z.string().max(80) } as unknown as { readonly id: z.ZodString },
  };
  const idOf = (parameters: object): string => String(Object.values(parameters)[0]);
  const settle = async (done: Edited<Row<Thing>>) => {
    if (!done.ok) return done;
    await parts.changed();
    return answer(done.value);
  };
  return [
    endpoint({
      ...one,
      access: 'public',
      rate: 'reads',
      id: `get${name}`,
      method: 'GET',
      summary: `One ${noun}, with all that people edit of it.`,
      reply,
      errors: [unknown],
      handle: async ({ parameters }) => {
        const row = await find<Thing>(parts.pool, kind.sql.find, idOf(parameters));
        return row ? answer(row) : refuseUnknown(kind);
      },
    }),
    ...(adding ? [addEndpoint(kind, adding, parts)] : []),
    endpoint({
      ...one,
      id: `change${name}`,
      method: 'PATCH',
      summary: `Changes what is given of a ${noun}.`,
      conditional: true,
      body: kind.changed,
      reply,
      errors: [unknown],
      handle: async ({ parameters, body, caller, ifMatch }) =>
        await settle(await change(kind, parts, idOf(parameters), body, ifMatch, caller)),
    }),
    endpoint({
      ...one,
      id: `delete${name}`,
      method: 'DELETE',
      summary: `Deletes a ${noun} that has no ${kind.users}.`,
      conditional: true,
      status: 204,
      reply: z.undefined(),
      errors: [unknown, 'in_use'],
      handle: async ({ parameters, caller, ifMatch }) => {
        const done = await remove(kind, parts, idOf(parameters), ifMatch, caller);
        if (done.ok) await parts.changed();
        return done.ok ? { ok: true, body: undefined } : done;
      },
    }),
  ];
}

function addEndpoint<Thing extends { readonly id: string }>(
  kind: EditedKind<Thing>,
  adding: Adding<Thing>,
  parts: Parts,
): Endpoint {
  const { noun, path, schema: reply, tag, permission } = kind;
  return endpoint({
    tag,
    access: { permission },
    rate: 'commands',
    id: `add${nameOf(noun)}`,
    method: 'POST',
    path,
    summary: `Adds a ${noun}.`,
    idempotent: 'optional',
    parameters: {},
    body: adding.body,
    status: 201,
    reply,
    errors: ['already_exists'],
    handle: async ({ body, caller, commandId }) => {
      const done = await add(kind, adding, parts, body, { caller, key: commandId, asked: { add: noun, thing: body } });
      if (!done.ok) return done;
      await parts.changed();
      return answer(done.value);
    },
  });
}

function nameOf(noun: string): string {
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
}

async function find<Thing>(db: Reads, sql: string, id: string): Promise<Row<Thing> | undefined> {
  const { rows } = await db.query<Row<Thing>>(sql, [id]);
  return rows[0];
}

/** All members of a row but its version, which is the ETag. */
function answer<Thing>({ version, ...body }: Row<Thing>) {
  return { ok: true, body: body as never, etag: versionTag(version) } as const;
}

function refuseUnknown({ unknown, noun }: Pick<EditedKind<never>, 'unknown' | 'noun'>) {
  return refuse(unknown, `There is no such ${noun}.`);
}

function add<Thing extends { readonly id: string }>(
  kind: EditedKind<Thing>,
  adding: Adding<Thing>,
  { pool, audit }: Parts,
  thing: Thing,
  request: Repeatable,
): Promise<Edited<Row<Thing>>> {
  const { noun } = kind;
  return editOnce(pool, request, async (client) => {
    const { rowCount } = await client.query(adding.sql, kind.columns(thing));
    if (rowCount !== 1) return refuse('already_exists', `There is a ${noun} with this id.`, 'id');
    const entry = { caller: request.caller, action: `${noun}.add`, subject: `${noun}:${thing.id}` };
    await audit.write(client, { ...entry, after: thing });
    return await written(client, kind, thing.id);
  });
}

function change<Thing extends { readonly id: string }>(
  kind: EditedKind<Thing>,
  { pool, audit }: Parts,
  id: string,
  changes: Partial<Thing>,
  ifMatch: IfMatch,
  caller: Caller,
): Promise<Edited<Row<Thing>>> {
  const { noun, sql } = kind;
  return edit(pool, async (client) => {
    const before = await lock(client, kind, id, ifMatch);
    if (!before.ok) return before;
    await client.query(sql.update, kind.columns({ ...before.value, ...changes }));
    const entry = { caller, action: `${noun}.change`, subject: `${noun}:${id}` };
    await audit.write(client, { ...entry, before: before.value, after: changes });
    return await written(client, kind, id);
  });
}

async function remove<Thing extends { readonly id: string }>(
  kind: EditedKind<Thing>,
  { pool, audit }: Parts,
  id: string,
  ifMatch: IfMatch,
  caller: Caller,
): Promise<Edited<undefined>> {
  const { noun, sql, users } = kind;
  try {
    return await edit<undefined>(pool, async (client) => {
      const before = await lock(client, kind, id, ifMatch);
      if (!before.ok) return before;
      await client.query(sql.remove, [id]);
      const entry = { caller, action: `${noun}.delete`, subject: `${noun}:${id}` };
      await audit.write(client, { ...entry, before: before.value });
      return { ok: true, value: undefined };
    });
  } catch (error) {
    if (!isReferredTo(error)) throw error;
    return refuse('in_use', `The ${noun} has ${users}; it cannot be deleted.`);
  }
}

/** The row, locked, where it is the version that may be changed. */
async function lock<Thing extends { readonly id: string }>(
  client: PoolClient,
  kind: EditedKind<Thing>,
  id: string,
  ifMatch: IfMatch,
): Promise<Edited<Row<Thing>>> {
  const row = await find<Thing>(client, kind.sql.lock, id);
  if (!row) return refuseUnknown(kind);
  const stale = refuseStale(ifMatch, versionTag(row.version));
  return stale ? { ok: false, error: stale } : { ok: true, value: row };
}

async function written<Thing extends { readonly id: string }>(
  client: PoolClient,
  kind: EditedKind<Thing>,
  id: string,
): Promise<Edited<Row<Thing>>> {
  const row = await find<Thing>(client, kind.sql.find, id);
  return row ? { ok: true, value: row } : refuseUnknown(kind);
}
