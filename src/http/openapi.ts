/** The OpenAPI 3.1 document, made from the table of endpoints. */
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { ERRORS, type ErrorCode } from '../protocol/errors.js';
import { problemSchema } from '../protocol/http.js';
import { etagOf, makeDocument } from './document.js';
import { type Endpoint, endpoint, errorsOf, type Rendered, TAGS } from './endpoint.js';

const DESCRIPTION = `The HTTP API of Usher, a realtime seat server. Live seat maps and the fastest way to hold and book are
on the WebSocket at /v1/showtimes/{showtimeId}/live, which PROTOCOL.md describes, with what all errors mean and what to
do about each.`;

/** The bodies of the requests that the server sends, by their topic. */
export type SentMessages = Readonly<Record<string, z.ZodType>>;

/** Serves the document of these endpoints, and of itself, at `/openapi.json`. */
export function documentEndpoint(endpoints: readonly Endpoint[], messages: SentMessages = {}): Endpoint {
  let rendered: Promise<Rendered> | undefined;
  const self: Endpoint = endpoint({
    id: 'getOpenApiDocument',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document.',
    tag: 'Operation',
    access: 'public',
    rate: 'reads',
    parameters: {},
    reply: z.record(z.string(), z.unknown()),
    errors: [],
    handle: async () => {
      rendered ??= render([...endpoints, self], messages);
      return { ok: true, body: await rendered };
    },
  });
  return self;
}

async function render(endpoints: readonly Endpoint[], messages: SentMessages): Promise<Rendered> {
  const plain = Buffer.from(JSON.stringify(openApiDocument(endpoints, messages)));
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache', etag: etagOf(plain) };
  return { document: await makeDocument(plain, 'best'), headers };
}

export function openApiDocument(endpoints: readonly Endpoint[], messages: SentMessages = {}): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const each of endpoints) {
    paths[each.path] ??= {};
    Object.assign(paths[each.path] ?? {}, { [each.method.toLowerCase()]: operation(each) });
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Usher',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    ...(Object.keys(messages).length === 0 ? {} : { webhooks: webhooksOf(messages) }),
    components: {
      securitySchemes: {
        session: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A session of a guest, an access token of an account, or an API key.',
        },
      },
    },
  });
}

/** Whoever receives one answers 2xx; anything else has it sent again. */
function webhooksOf(messages: SentMessages): Record<string, { readonly post: ZodOpenApiOperationObject }> {
  const header = z.object({
    'webhook-id': z.string().meta({ description: 'The same at each try: what was seen before is a repetition.' }),
    'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970, of this try.' }),
    'webhook-signature': z.string().meta({ description: 'One or more of `v1,<base64>`, separated by spaces.' }),
  });
  const one = (topic: string, body: z.ZodType): ZodOpenApiOperationObject => ({
    operationId: `receive ${topic}`.replaceAll(/[\s._]+(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary: `What a webhook endpoint that subscribes to \`${topic}\` is sent.`,
    tags: ['Webhooks'],
    security: [],
    requestParams: { header },
    requestBody: { required: true, content: { 'application/json': { schema: body } } },
    responses: {
      '2XX': { description: 'Taken.' },
      '410': { description: 'The endpoint is gone for good: it is switched off.' },
    },
  });
  return Object.fromEntries(Object.entries(messages).map(([topic, body]) => [topic, { post: one(topic, body) }]));
}

const IDEMPOTENCY_KEY = z.uuid().meta({ description: 'New for every intention, the same for every try of it.' });
const IF_MATCH = z
  .string()
  .meta({ description: 'The ETag of the version that you read; `*` for any.', example: '"3"' });

function operation(each: Endpoint): ZodOpenApiOperationObject {
  const { id, summary, tag, access, idempotent, conditional, parameters, query } = each;
  const header = {
    ...(idempotent
      ? { 'Idempotency-Key': idempotent === 'optional' ? IDEMPOTENCY_KEY.optional() : IDEMPOTENCY_KEY }
      : {}),
    ...(conditional ? { 'If-Match': IF_MATCH } : {}),
  };
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...(typeof access === 'object' ? { description: `Needs the permission \`${access.permission}\`.` } : {}),
    'x-usher-access': typeof access === 'object' ? access.permission : access,
    security: access === 'public' ? [] : [{ session: [] }],
    requestParams: {
      ...(Object.keys(parameters.shape).length > 0 ? { path: parameters } : {}),
      ...(Object.keys(query.shape).length > 0 ? { query } : {}),
      ...(idempotent || conditional ? { header: z.object(header) } : {}),
    },
    ...requestBody(each),
    responses: responses(each),
  };
}

function requestBody({ body, accepts }: Endpoint): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (accepts) {
    const schemaOf = (type: string) =>
      type === 'application/json' ? { type: 'object' as const } : { type: 'string' as const };
    const content = Object.fromEntries(accepts.map((type) => [type, { schema: schemaOf(type) }]));
    return { requestBody: { required: true, content } };
  }
  return body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {};
}

function responses(each: Endpoint): ZodOpenApiResponsesObject {
  const { status, reply, mediaType } = each;
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(each)) {
    const { status: ofError } = ERRORS[code];
    byStatus.set(ofError, [...(byStatus.get(ofError) ?? []), code]);
  }
  const problems = [...byStatus]
    .sort(([one], [other]) => one - other)
    .map(([ofError, codes]) => [
      `${ofError}`,
      {
        description: `\`code\` is ${codes.map((code) => `\`${code}\``).join(' or ')}.`,
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]);
  const content = status === 204 ? {} : { content: { [mediaType]: { schema: reply } } };
  const success = { description: 'Done.', ...content };
  return { [`${status}`]: success, ...Object.fromEntries(problems) } as ZodOpenApiResponsesObject;
}
