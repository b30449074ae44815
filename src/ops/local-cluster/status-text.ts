import { startText, textTable } from '../text-table.js';
import type { Status } from './status.js';

/** For people: the nodes, the stores, and who owns what. */
export function statusText({ nodes, redisAnswers, owned, pins }: Status, redisUrl: string): string[] {
  const table = textTable(
    ['NODE', 'STATE', 'URL', 'SHOWTIMES', 'HOT', 'PID'],
    nodes.map(({ name, state, url, showtimes, hot, pid }) => [name, state, url, showtimes, hot, pid]),
  );
  const redis = redisAnswers
    ? 'Redis answers.'
    : `Redis is away: who owns a showtime keeps it. "redis-server --port ${new URL(redisUrl).port}" brings it back.`;
  if (!owned) return [...table, '', redis, 'Postgres is away: nothing can be sold.'];
  if (owned.total === 0) return [...table, '', redis, 'No showtime was opened yet, so nobody owns one.'];
  const gone = new Set(nodes.flatMap(({ name, isGone }) => (isGone ? [name] : [])));
  const ownerText = (node: string) => (gone.has(node) ? `${node} (gone)` : node);
  const showtimes = textTable(
    ['STARTS (UTC)', 'TITLE', 'HALL', 'OWNER', 'EPOCH', 'PINNED TO', 'ID'],
    owned.showtimes.map(({ id, title, hall, startsAt, owner }) => [
      ...[startText(startsAt), title, hall],
      ...[owner && ownerText(owner.node), owner?.epoch, pins.get(id), id],
    ]),
  );
  const shown = owned.showtimes.length < owned.total ? `; these are the first ${owned.showtimes.length}` : '';
  const headings = [
    `${owned.total} showtimes of today or later were opened${shown}. The owner is who claimed it last, as Postgres has it:`,
    'it may have let go of it since, or be gone. Whoever is asked for it next then claims it.',
  ];
  return [...table, '', redis, '', ...headings, '', ...showtimes];
}
