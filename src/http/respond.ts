import { z } from 'zod';
import { type WireError, wireError } from '../protocol/errors.js';
import { fieldError } from '../protocol/field-error.js';
import { type Access, type Authenticate, type Caller, whyDenied } from './access.js';
import { isSame, sendDocument } from './document.js';
import { type Answer, type Endpoint, isRendered, type Request } from './endpoint.js';
import type { Exchange } from './exchange.js';
import { type IfMatch, readIfMatch } from './if-match.js';
import type { RateLimits } from './rate-limits.js';
import { readQuery } from './read-query.js';
import type { UploadSlots } from './upload-slots.js';

export interface RespondContext {
  readonly rates: RateLimits;
  readonly authenticate: Authenticate;
  /** Absent: large bodies are not bounded in number. */
  readonly uploads?: UploadSlots | undefined;
  /** Told each answer before it is sent, where somebody checks them; throws where it is not as documented. */
  readonly check?: ((endpoint: Endpoint, answer: Answer<unknown>) => void) | undefined;
}

const commandIdSchema = z.uuid().toLowerCase();
/** Only so many bodies that may have more bytes than this are received at a time. */
const LARGE_BYTES = 1024 * 1024;
const NO_BODY = z.strictObject({});
/** Of an upload, which its handler reads. */
const AS_SENT = z.unknown();

type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: WireError };

/** Answers one request. The order in which faults are told is HTTP-ORDER of the specification. */
export async function respond(exchange: Exchange, endpoint: Endpoint, context: RespondContext): Promise<void> {
  const answer = await answerTo(exchange, endpoint, context);
  context.check?.(endpoint, answer);
  if (!answer.ok) exchange.problem(answer.error);
  else if (endpoint.status === 204) exchange.send(204, {});
  else if (isRendered(answer.body)) sendDocument(exchange, answer.body.headers, answer.body.document);
  else if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
    exchange.send(endpoint.status, { 'content-type': endpoint.mediaType, ...answer.headers }, answer.body);
  } else if (answer.etag !== undefined) sendTagged(exchange, endpoint.status, answer.body, answer.etag);
  else exchange.json(endpoint.status, answer.body, answer.headers);
}

/** What people edit: asked for again each time, and answered by 304 while nothing changed. */
function sendTagged(exchange: Exchange, status: number, body: unknown, etag: string): void {
  const headers = { etag, 'cache-control': 'no-cache' };
  const isKnown = exchange.method === 'GET' && isSame(exchange.header('if-none-match'), etag);
  if (isKnown) exchange.send(304, headers);
  else exchange.json(status, body, headers);
}

async function answerTo(exchange: Exchange, endpoint: Endpoint, context: RespondContext): Promise<Answer<unknown>> {
  const { rates } = context;
  const refused =
    (endpoint.rate === 'none' ? undefined : await rates.request(exchange)) ??
    endpoint.refused() ??
    (endpoint.rate === 'sessions' ? await rates.session(exchange) : undefined);
  if (refused) return { ok: false, error: refused };
  const caller = await callerOf(exchange, endpoint, context);
  if (!caller.ok) return caller;
  const handled = async (): Promise<Answer<unknown>> => {
    const request = await readRequest(exchange, endpoint, caller.value, rates.address(exchange));
    return request.ok ? await endpoint.handle(request.value) : request;
  };
  const isLarge = endpoint.accepts && (endpoint.bodyBytesMax ?? 0) > LARGE_BYTES;
  return isLarge && context.uploads ? await context.uploads.within(handled) : await handled();
}

async function callerOf(
  exchange: Exchange,
  { access, rate }: Endpoint,
  { authenticate, rates }: RespondContext,
): Promise<Read<Caller | undefined>> {
  if (access === 'public') return { ok: true, value: undefined };
  const [, session] = /^Bearer ([\w.-]+)$/i.exec(exchange.header('authorization')) ?? [];
  if (session === undefined) return refuse(wireError('unauthorized', 'Send a session as `Authorization: Bearer …`.'));
  const authenticated = await authenticate(session);
  if (!authenticated.ok) return authenticated;
  const { session: _session, expiresAt: _expiresAt, ...caller } = authenticated.identity;
  const forbidden = whyForbidden(access, caller);
  if (forbidden) return refuse(forbidden);
  const tooFast = rate === 'commands' ? await rates.command(caller.holder) : undefined;
  return tooFast ? refuse(tooFast) : { ok: true, value: { ...caller, address: rates.address(exchange) } };
}

function whyForbidden(access: Access, caller: Caller): WireError | undefined {
  if (access === 'account' && (caller.accountId === undefined || caller.sessionId === undefined)) {
    return wireError('forbidden', 'Only somebody with an account here may do this: log in.');
  }
  return typeof access === 'object' ? whyDenied(caller, access.permission) : undefined;
}

async function readRequest(
  exchange: Exchange,
  endpoint: Endpoint,
  caller: Caller | undefined,
  address: string,
): Promise<Read<Request<unknown, unknown, unknown, unknown>>> {
  const sent = await (endpoint.accepts ? exchange.readUpload(endpoint.accepts) : exchange.readJson());
  if (!sent.ok) return sent;
  const key = exchange.header('idempotency-key');
  const takesKey = endpoint.idempotent === 'optional' ? key !== '' : endpoint.idempotent;
  const commandId = takesKey ? commandIdSchema.safeParse(key) : undefined;
  if (commandId?.success === false) {
    const message = 'The header Idempotency-Key is a UUID of your making: the same for each try of one command.';
    return refuse(wireError('invalid_field', message, { field: 'Idempotency-Key' }));
  }
  const ifMatch = readCondition(exchange, endpoint);
  if (!ifMatch.ok) return ifMatch;
  const names = Object.keys(endpoint.parameters.shape);
  const inPath = Object.fromEntries(names.map((name, at) => [name, exchange.parameters[at] ?? '']));
  const parameters = endpoint.parameters.safeParse(inPath);
  if (!parameters.success) return refuse(fieldError(parameters.error));
  const query = readQuery(exchange, endpoint.query);
  if (!query.ok) return query;
  const body = (endpoint.accepts ? AS_SENT : (endpoint.body ?? NO_BODY)).safeParse(sent.value);
  if (!body.success) return refuse(fieldError(body.error));
  return {
    ok: true,
    value: {
      parameters: parameters.data,
      query: query.value,
      body: body.data,
      caller,
      address,
      commandId: commandId?.data ?? '',
      signature: exchange.header('stripe-signature'),
      ifMatch: ifMatch.value,
    },
  };
}

function readCondition(exchange: Exchange, { conditional }: Endpoint): Read<IfMatch> {
  if (!conditional) return { ok: true, value: 'any' };
  const value = readIfMatch(exchange.header('if-match'));
  if (value) return { ok: true, value };
  const message = 'Send the ETag of what you read as If-Match, so that nobody loses a change of another.';
  return refuse(wireError('precondition_required', message, { field: 'If-Match' }));
}

function refuse(error: WireError): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error };
}
