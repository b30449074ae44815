import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ScheduledJob } from '../../../src/boxoffice/jobs/job.js';
import { type JobStage, openJobStage } from './job-stage.js';

let stage: JobStage;
beforeAll(async () => {
  stage = await openJobStage();
});
afterAll(() => stage.close());

const NOTE = "INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ('order.expired', $1, '{}')";
/** Notes each batch in the outbox, in its transaction. */
function noting(name: string, batches = 1): ScheduledJob & { ran: number } {
  const job: ScheduledJob & { ran: number } = {
    name,
    everyMs: 3_600_000,
    ran: 0,
    batch: async (client) => {
      await client.query(NOTE, [name]);
      await sleep(20);
      job.ran++;
      return { done: 1, isMore: job.ran < batches };
    },
  };
  return job;
}
const noted = (name: string) => stage.count(`boxoffice.outbox WHERE subject = '${name}'`);

it('runs a job once in the cluster, and again only when it is due', async () => {
  const [one, other] = [noting('once'), noting('once')];
  const nodes = [stage.node([one]), stage.node([other])];
  await Promise.all(nodes.map((node) => node.runDue()));
  await Promise.all(nodes.map((node) => node.runDue()));
  expect([one.ran + other.ran, await noted('once')]).toEqual([1, 1]);
  await stage.pool.query("UPDATE boxoffice.schedules SET due_at = now() WHERE name = 'once'");
  await nodes[1]!.runDue();
  expect([other.ran >= 1, await noted('once')]).toEqual([true, 2]);
});

it('goes on with the next batch until there is no more', async () => {
  const job = noting('batches', 4);
  const node = stage.node([job]);
  await node.runDue();
  expect([job.ran, await noted('batches'), node.totals['batches']?.done]).toEqual([4, 4, 4]);
});

it('is run by another node when the one that ran it died, and the dead one has no effect when it comes back', async () => {
  let wakeUp = () => {};
  const frozen = new Promise<void>((resolve) => {
    wakeUp = resolve;
  });
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  // It freezes between two batches: its lease ends, and what it does afterwards is not committed.
  const zombie: ScheduledJob = { ...noting('taken over', 3), committed: () => begun() };
  let connections = 0;
  const freezing = Object.assign(Object.create(stage.pool), {
    query: stage.pool.query.bind(stage.pool),
    connect: async () => {
      if (connections++ > 0) await frozen;
      return await stage.pool.connect();
    },
  });
  const node = stage.node([zombie], 200, freezing);
  const running = node.runDue();
  await hasBegun;
  await sleep(300);
  const heir = noting('taken over');
  await stage.node([heir]).runDue();
  expect([heir.ran, await noted('taken over')]).toEqual([1, 2]);
  wakeUp();
  await running;
  expect(await noted('taken over')).toBe(2);
});

it('keeps nothing of a batch that failed, says why, and tries again at its next time', async () => {
  let isBroken = true;
  const job = noting('failing');
  const failing: ScheduledJob = {
    ...job,
    batch: async (client) => {
      const outcome = await job.batch(client);
      if (isBroken) throw new Error('the disk is full');
      return outcome;
    },
  };
  const node = stage.node([failing, noting('after it')]);
  await node.runDue();
  expect([await noted('failing'), await noted('after it')]).toEqual([0, 1]);
  expect(node.totals['failing']).toEqual({ done: 0, failures: 1 });
  const { rows } = await stage.pool.query("SELECT last_failure FROM boxoffice.schedules WHERE name = 'failing'");
  expect(rows[0].last_failure).toContain('the disk is full');
  isBroken = false;
  await stage.run(failing);
  expect(await noted('failing')).toBe(1);
});
