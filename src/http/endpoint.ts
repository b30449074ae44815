/**
 * An endpoint is data with its handler bound to it. Routing, validation, access, rates, 405 and CORS, problem+json, the
 * OpenAPI document and the list that the fuzzer draws from all come from the table of endpoints.
 */
import { z } from 'zod';
import type { DeepReadonly } from '../protocol/deep-readonly.js';
import type { ErrorCode, WireError } from '../protocol/errors.js';
import type { Access, AccountCaller, Caller } from './access.js';
import { type Document, isDocument } from './document.js';
import type { Headers } from './exchange.js';
import type { IfMatch } from './if-match.js';
import type { Upload } from './request-body.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * What a request counts against, besides the rate of its address. `none`: not even that; for what operates the node and
 * must not be locked out by somebody who misuses it.
 */
export type RateClass = 'none' | 'reads' | 'sessions' | 'commands';

/** The chapters of the OpenAPI document, and what each is about. */
export const TAGS = {
  Operation: 'For whoever operates the node.',
  Catalogue: 'What is on, where and when: public.',
  Halls: 'Rooms and their seat maps, imported from files.',
  Sessions: 'Who asks.',
  Accounts: 'Signing up, logging in, and what belongs to an account.',
  Administration: 'Accounts, API keys and the audit log.',
  Seats: 'The live state of a house, read without a socket.',
  Holds: 'Seats reserved for a while.',
  Bookings: 'Seats sold.',
  Orders: 'Holds that are paid for, and become bookings and tickets.',
  Payments: 'Who moves the money, and what they report.',
  Tickets: 'What buyers show at the door, and how it is checked there.',
  Reports: 'Takings, refunds, occupancy and a forecast, as JSON and as CSV.',
  Waitlist: 'Waiting for seats that others have.',
  Staff: 'What only staff may do.',
  Webhooks: 'Whom the house tells what happened.',
} as const;
export type Tag = keyof typeof TAGS;

/** The names in `/v1/showtimes/{showtimeId}/holds/{holdId}`: `'showtimeId' | 'holdId'`. */
type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** Text in, since paths and queries are text; what the handler gets is the output. */
type FromText = z.ZodType<unknown, string | undefined>;
type Outputs<Shape extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Name in keyof Shape]: z.output<Shape[Name]>;
};

export interface Request<Params, Query, Body, Who> {
  readonly parameters: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Who;
  /** Where it came from, as its rate is counted: an IPv4 address, or the network of an IPv6 one. */
  readonly address: string;
  /** The header Idempotency-Key in lower case; empty where the endpoint is not idempotent, or takes it and got none. */
  readonly commandId: string;
  /** The header Stripe-Signature, of what Stripe sends; empty in everything else. */
  readonly signature: string;
  /** The header If-Match; `any` where the endpoint does not ask for it. */
  readonly ifMatch: IfMatch;
}

type CallerOf<Who> = Who extends 'public' ? undefined : Who extends 'account' ? AccountCaller : Caller;

export type Answer<Body> =
  | {
      readonly ok: true;
      readonly body: Body;
      readonly headers?: Headers;
      /** A strong entity tag of what `body` shows. To a GET that has the same one the answer is 304. */
      readonly etag?: string;
    }
  | { readonly ok: false; readonly error: WireError };

type Told<Reply extends z.ZodType> = Answer<DeepReadonly<z.input<Reply>> | Rendered>;

/** A body that was rendered and compressed before, sent with its ETag. */
export interface Rendered {
  readonly document: Document;
  readonly headers: Headers & { readonly etag: string };
}

interface Spec<
  Path extends string,
  Params,
  Query,
  Body extends z.ZodType,
  Reply extends z.ZodType,
  Who,
  Accepts extends readonly string[] | undefined,
> {
  /** The operationId of the OpenAPI document, in camelCase; unique. */
  readonly id: string;
  readonly method: Method;
  readonly path: Path;
  /** One sentence. */
  readonly summary: string;
  readonly tag: Tag;
  readonly access: Who;
  readonly rate: RateClass;
  /** Whether it needs the header Idempotency-Key; `optional`: it takes it, and without it each request is another one. */
  readonly idempotent?: boolean | 'optional';
  /** Whether it needs the header If-Match: it changes something that several people edit. */
  readonly conditional?: boolean;
  /** Undefined: it is served. Else the error that says that this part of the service is switched off. */
  readonly refused?: () => WireError | undefined;
  /** Bytes of the body; absent: the server's usual limit. */
  readonly bodyBytesMax?: number;
  readonly parameters: Params & { readonly [Name in Exclude<keyof Params, PathNames<Path>>]: never };
  readonly query?: Query;
  /** A strict object; absent: there is no body, and `{}` counts as none. */
  readonly body?: Body;
  /**
   * Media types of a body that the handler reads by itself: it gets an `Upload` in place of what `body` would make. Little
   * of such a body is received before its sender was found to have access.
   */
  readonly accepts?: Accepts;
  readonly status?: 200 | 201 | 202 | 204;
  readonly reply: Reply;
  /** What is sent instead of JSON, such as `text/plain`. */
  readonly mediaType?: string;
  /** Besides those that follow from the other members; see `errorsOf`. */
  readonly errors: readonly ErrorCode[];
  readonly handle: (
    request: Request<
      Params extends Readonly<Record<string, z.ZodType>> ? Outputs<Params> : never,
      Query extends Readonly<Record<string, z.ZodType>> ? Outputs<Query> : Readonly<Record<never, never>>,
      Accepts extends readonly string[] ? Upload : z.output<Body>,
      CallerOf<Who>
    >,
  ) => Told<Reply> | Promise<Told<Reply>>;
}

/** An endpoint without the types of its own: what the router, the document and the tests work with. */
export interface Endpoint {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly tag: Tag;
  readonly access: Access;
  readonly rate: RateClass;
  readonly idempotent: boolean | 'optional';
  readonly conditional: boolean;
  readonly refused: () => WireError | undefined;
  readonly bodyBytesMax: number | undefined;
  readonly parameters: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly accepts: readonly string[] | undefined;
  readonly status: 200 | 201 | 202 | 204;
  readonly reply: z.ZodType;
  readonly mediaType: string;
  readonly errors: readonly ErrorCode[];
  readonly handle: (request: Request<unknown, unknown, unknown, unknown>) => Promise<Answer<unknown>>;
}

/** Makes an endpoint; a parameter that its path does not name, or names and is not given, does not compile. */
export function endpoint<
  const Path extends string,
  Params extends Readonly<Record<PathNames<Path>, FromText>>,
  Query extends Readonly<Record<string, FromText>>,
  Body extends z.ZodType,
  Reply extends z.ZodType,
  Who extends Access,
  const Accepts extends readonly string[] | undefined = undefined,
>(spec: Spec<Path, Params, Query, Body, Reply, Who, Accepts>): Endpoint {
  const {
    parameters,
    query = {},
    body,
    idempotent = false,
    conditional = false,
    status = 200,
    mediaType = 'application/json',
  } = spec;
  const handle = spec.handle as unknown as (
    request: Request<unknown, unknown, unknown, unknown>,
  ) => ReturnType<Endpoint['handle']>;
  return {
    ...spec,
    idempotent,
    conditional,
    status,
    mediaType,
    refused: spec.refused ?? (() => undefined),
    bodyBytesMax: spec.bodyBytesMax,
    parameters: z.strictObject(parameters as Record<string, z.ZodType>),
    query: z.strictObject(query as Record<string, z.ZodType>),
    body,
    accepts: spec.accepts,
    handle: async (request) => await handle(request),
  };
}

/** Every error that the endpoint may give: its own, and those that follow from what it is. */
export function errorsOf({ access, rate, method, conditional, idempotent, accepts, errors }: Endpoint): ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...errors,
      ...(access === 'public' ? [] : (['unauthorized', 'unavailable'] as const)),
      ...(access === 'account' ? (['forbidden'] as const) : []),
      ...(typeof access === 'object' ? (['forbidden', 'second_factor_missing'] as const) : []),
      ...(rate === 'none' ? [] : (['rate_limited'] as const)),
      ...(method === 'GET' ? [] : (['frame_too_large', 'unsupported_media_type', 'bad_message'] as const)),
      ...(accepts === undefined ? [] : (['overloaded'] as const)),
      ...(idempotent === 'optional' ? (['command_reused'] as const) : []),
      ...(conditional ? (['precondition_required', 'stale_version'] as const) : []),
      // Whatever it takes, it refuses parameters that it does not know.
      'invalid_field',
      'internal',
    ]),
  ];
}

/** Also a handler's own JSON may have a member `document`: only one that was compressed is sent as it is. */
export function isRendered(body: unknown): body is Rendered {
  return typeof body === 'object' && body !== null && 'document' in body && isDocument(body.document);
}
