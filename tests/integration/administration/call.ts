import type { Caller } from '../../../src/http/access.js';
import { checkAnswer } from '../../../src/http/check-answer.js';
import type { Endpoint } from '../../../src/http/endpoint.js';
import type { IfMatch } from '../../../src/http/if-match.js';

interface Call {
  readonly caller?: Caller | undefined;
  readonly body?: object;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly ifMatch?: IfMatch;
  readonly address?: string;
  readonly commandId?: string;
}

/** An error, or what the endpoint answered: both as one record, for matching. */
export interface Called<Body> {
  readonly code: string;
  readonly field?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly etag?: string | undefined;
  /** Empty where it was refused. */
  readonly body: Body;
}

/** Calls an endpoint as the router does for a caller who has access: reads what was sent, and checks the answer. */
export async function call<Body = Record<string, string>>(
  endpoints: readonly Endpoint[],
  id: string,
  given: Call = {},
): Promise<Called<Body>> {
  const endpoint = endpoints.find((each) => each.id === id)!;
  const body = endpoint.body?.safeParse(given.body ?? {});
  if (body?.success === false) {
    return { code: 'invalid_field', field: body.error.issues[0]?.path.join('.'), body: {} as Body };
  }
  const answer = await endpoint.handle({
    parameters: endpoint.parameters.parse(given.parameters ?? {}),
    query: endpoint.query.parse(given.query ?? {}),
    body: body?.data,
    caller: given.caller,
    address: given.address ?? '10.0.0.1',
    commandId: given.commandId ?? '',
    signature: '',
    ifMatch: given.ifMatch ?? 'any',
  });
  checkAnswer(endpoint, answer);
  if (!answer.ok) return { ...answer.error, body: {} as Body };
  return { code: 'ok', etag: answer.etag, body: answer.body as Body };
}
