import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PlanWorkshop, WorkshopFailure } from '../../../../src/boxoffice/halls/plan-workshop.js';

const folder = mkdtempSync(join(tmpdir(), 'usher-workshop-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A workshop whose thread does this with its work, `document`. */
function workshop(body: string, limits = {}): PlanWorkshop {
  const script = join(folder, `${Math.random()}.mjs`);
  const head = `import { parentPort, workerData } from 'node:worker_threads';\nconst { document } = workerData;\n`;
  writeFileSync(script, head + body);
  return new PlanWorkshop(script, { workMsMax: 10_000, heapMbMax: 64, waitingMax: 4, ...limits });
}
const failure = (reason: string) => expect.objectContaining({ name: 'WorkshopFailure', reason });

it('gives what the thread answers, one piece of work after the other', async () => {
  const echo = workshop("setTimeout(() => parentPort.postMessage(document + ' ' + Date.now()), 30)");
  const answers = await Promise.all(['a', 'b', 'c'].map((document) => echo.picture(document)));
  expect(answers.map((answer) => answer[0])).toEqual(['a', 'b', 'c']);
  const times = answers.map((answer) => Number(answer.slice(2)));
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(25);
  expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(25);
});

it('ends work that takes too long, and goes on with the next', async () => {
  const slow = workshop("if (document === 'bomb') for (;;);\nparentPort.postMessage('done')", { workMsMax: 1_500 });
  const [bomb, next] = [slow.picture('bomb'), slow.picture('plan')];
  await expect(bomb).rejects.toEqual(failure('too complex'));
  expect(await next).toBe('done');
});

it('ends work that takes too much memory, and nothing else', async () => {
  const hungry = workshop('const all = [];\nfor (;;) all.push(new Array(10_000).fill(document + all.length));');
  await expect(hungry.picture('x')).rejects.toEqual(failure('too complex'));
});

it('takes no more work than may wait', async () => {
  const busy = workshop("setTimeout(() => parentPort.postMessage('done'), 50)", { waitingMax: 2 });
  const two = [busy.picture('a'), busy.picture('b')];
  await expect(busy.picture('c')).rejects.toEqual(failure('busy'));
  expect(await Promise.all(two)).toEqual(['done', 'done']);
  expect(await busy.picture('d')).toBe('done');
});

it('tells a fault of the thread from a plan that is too complex', async () => {
  for (const body of ["throw new Error('a bug')", 'process.exit(3)']) {
    const error = await workshop(body)
      .picture('x')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(WorkshopFailure);
  }
});
