import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LightNode, openLightNode } from './light-node.js';

const SCRIPT = `${'export const seats = 1;'.repeat(200)}\n`;
let directory: string;
let node: LightNode;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-demo-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html>');
  await writeFile(join(directory, 'app.js'), SCRIPT);
  await writeFile(join(directory, 'notes.txt'), 'not for the public');
  node = await openLightNode({ demoDirectory: directory });
});
afterAll(async () => {
  await node.close();
  await rm(directory, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${node.port}${path}`, { headers });

it('the demo app is served with a policy that runs no script but its own', async () => {
  const page = await get('/');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(await page.text()).toBe('<!doctype html>');
});

it('files are compressed for whoever takes that, and asked for again without being sent again', async () => {
  const script = await get('/assets/app.js', { 'accept-encoding': 'gzip' });
  expect(script.headers.get('content-encoding')).toBe('gzip');
  expect(Number(script.headers.get('content-length'))).toBeLessThan(SCRIPT.length / 2);
  expect(await script.text()).toBe(SCRIPT);
  const etag = script.headers.get('etag') ?? '';
  const again = await get('/assets/app.js', { 'if-none-match': etag });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
});

it('nothing else of the folder, or beside it, is served', async () => {
  for (const path of [
    '/assets/notes.txt',
    '/assets/',
    '/assets/..%2findex.html',
    '/assets/index.html',
    '/index.html',
  ]) {
    expect((await get(path)).status, path).toBe(404);
  }
});

it('a demo app that was not built is told in a sentence', async () => {
  await expect(openLightNode({ demoDirectory: join(directory, 'missing') })).rejects.toThrow('npm run build');
});
