import { afterAll, beforeAll, expect, it } from 'vitest';
import { readProblem } from './askers.js';
import { type LightNode, openLightNode } from './light-node.js';

let node: LightNode;
let isOn = true;
beforeAll(async () => {
  node = await openLightNode({ isOn: (part) => part !== 'docs' || isOn });
});
afterAll(() => node.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${node.port}${path}`, { headers });

it('the page of the API loads scripts and sheets of this server only', async () => {
  const page = await get('/docs');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  const html = await page.text();
  const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(3);
  for (const path of named) {
    expect(path).toMatch(/^\/docs\//);
    expect((await get(path)).status, path).toBe(200);
  }
  // An inline script would need the policy to allow it.
  expect(html).not.toMatch(/<script(?![^>]*src=)/);
  expect(html).not.toMatch(/<style| style=| on\w+=/);
});

it('its bundle is compressed, and not sent again to a browser that has it', async () => {
  const bundle = await get('/docs/swagger-ui-bundle.js', { 'accept-encoding': 'br' });
  expect(bundle.headers.get('content-encoding')).toBe('br');
  expect(Number(bundle.headers.get('content-length'))).toBeLessThan(600_000);
  const etag = bundle.headers.get('etag') ?? '';
  expect((await get('/docs/swagger-ui-bundle.js', { 'if-none-match': etag })).status).toBe(304);
});

it('with the toggle `docs` off every page answers 404, and the document is still served', async () => {
  isOn = false;
  try {
    for (const path of ['/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js']) {
      expect((await readProblem(await get(path))).code, path).toBe('not_found');
    }
    expect((await get('/openapi.json')).status).toBe(200);
  } finally {
    isOn = true;
  }
});
