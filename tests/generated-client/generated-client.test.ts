import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { openEmptyCinema } from '../stories/empty-cinema.js';
import { GeneratedClient } from './generator.js';

describe('a client that a public generator makes of /openapi.json', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let client: GeneratedClient;
  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ DATABASE_URL: database.url, DEMO: 'true' });
    client = new GeneratedClient(await (await fetch(`${server.url}/openapi.json`)).text());
  });
  afterAll(async () => {
    client?.remove();
    await server?.kill('SIGTERM');
    await database?.drop();
  });

  it.each(['5', '7'] as const)('compiles under TypeScript %s, and knows what a program gets wrong', (typescript) => {
    expect(client.typeCheck(typescript)).toBe('');
  });

  it('runs the story of a guest who buys', async () => {
    const story = readFileSync('tests/generated-client/program/story.ts', 'utf8');
    const { code, output } = await client.run(story, { USHER_URL: server.url });
    expect(output).toMatch(/^[0-9A-Z]{11}\n$/);
    expect(code).toBe(0);
  });

  it('runs the story of somebody who opens a cinema of their own', async () => {
    const cinema = await openEmptyCinema();
    try {
      const story = readFileSync('tests/generated-client/program/own-cinema.ts', 'utf8');
      const environment = { USHER_URL: cinema.server.url, SETUP_TOKEN: cinema.setupToken };
      const { code, output } = await client.run(story, environment);
      expect(output).toMatch(/^[0-9A-Z]{11}\n$/);
      expect(code).toBe(0);
    } finally {
      await cinema.close();
    }
  });
});
