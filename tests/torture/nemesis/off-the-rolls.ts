import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type MakeFault, pick } from './fault.js';

/** Until it was found dead and another took over, and it has asked that one in vain, and claims back what it is asked for. */
const TAKEN_BACK_MS = 6_500;

/**
 * Others take over from a node that works: its beats reach neither Redis, to which its link is cut, nor Postgres, where
 * somebody has locked its row, nor any other node. Clients still reach it, and its commits still reach Postgres. Two owners are driven against
 * each other, each of whom may believe that it is the one.
 */
export const offTheRolls: MakeFault = (stage, random) => {
  const node = pick(stage.nodes, random);
  const locker = new pg.Client({ connectionString: stage.database.url, application_name: 'test-conductor' });
  locker.on('error', () => {});
  return {
    name: 'node off the rolls',
    detail: node.process.name,
    async start() {
      node.toRedis.cut();
      for (const { fromNodes } of stage.nodes) fromNodes.cut();
      await locker.connect();
      await locker.query('BEGIN');
      await locker.query("SELECT FROM usher.nodes WHERE member ->> 'name' = $1 FOR UPDATE", [node.process.name]);
      await sleep(TAKEN_BACK_MS);
    },
    async heal() {
      await locker.end().catch(() => {});
      node.toRedis.heal(false);
      for (const { fromNodes } of stage.nodes) fromNodes.heal(false);
    },
  };
};
