import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { commandSchema, helloSchema, pingSchema } from '../../../src/protocol/client-messages.js';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { ERRORS } from '../../../src/protocol/errors.js';
import * as http from '../../../src/protocol/http.js';
import { SEAT_STATUSES } from '../../../src/protocol/seat-status.js';
import { PROTOCOL_VERSION } from '../../../src/protocol/version.js';

/** Moved by hand, together with the history in src/protocol/version.ts and client-sdk/PROTOCOL.md. */
const PINNED = { version: 1, fingerprint: 'd03329a7862b0fe5' };

/** The exported types of a source file, less comments and layout: what a message is, in text that does not drift. */
function typesOf(file: string): string {
  const source = readFileSync(new URL(`../../../src/protocol/${file}`, import.meta.url), 'utf8');
  const bare = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const types = bare.match(/^export (?:interface \w+[\s\S]*?^\}|type \w+ =[\s\S]*?;$)/gm) ?? [];
  return types.map((type) => type.replaceAll(/\s+/g, ' ')).join('\n');
}

/** What a schema accepts. Its descriptions are prose, which changes no message. */
function shapeOf(schema: z.ZodType, io: 'input' | 'output') {
  const override = ({ jsonSchema }: { jsonSchema: { description?: string } }) => delete jsonSchema.description;
  return z.toJSONSchema(schema, { io, override });
}

it('the wire has not changed without its version', () => {
  const schemas = [helloSchema, commandSchema, pingSchema].map((schema) => shapeOf(schema, 'input'));
  const server = ['server-messages.ts', 'errors.ts', 'seat-map-document.ts', 'http.ts'].map(typesOf);
  for (const types of server) expect(types).toContain('export interface');
  const bodies = Object.values(http).map((schema) => shapeOf(schema, 'output'));
  expect(bodies.length).toBeGreaterThan(5);
  const wire = JSON.stringify([schemas, server, bodies, ERRORS, CLOSE, SEAT_STATUSES]);
  const fingerprint = createHash('sha256').update(wire).digest('hex').slice(0, 16);
  expect(
    { version: PROTOCOL_VERSION, fingerprint },
    'The wire changed. If old clients and servers still understand each other, add a line to the history in ' +
      'src/protocol/version.ts, tell it in client-sdk/PROTOCOL.md, and pin the new fingerprint here. If not, it is ' +
      'a new PROTOCOL_VERSION with its own subprotocol names.',
  ).toEqual(PINNED);
});
