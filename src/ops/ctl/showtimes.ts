import { listShowtimesWithOwners } from '../listed-showtimes.js';
import { startText, textTable } from '../text-table.js';
import { type ClusterView, memberNamed } from './cluster-view.js';
import type { Report } from './report.js';

const LISTED_MAX = 500;

/** `node`: only those that it owns; it need not be on the roll any more. */
export async function showtimes(view: ClusterView, node: string | undefined): Promise<Report> {
  const [seen, { showtimes: listed, total }] = await Promise.all([
    view.observe(),
    view.ask((pool) => listShowtimesWithOwners(pool, LISTED_MAX, node)),
  ]);
  if (node !== undefined && listed.length === 0) memberNamed(node, seen);
  const rows = listed.map(({ id, title, hall, startsAt, owner }) => ({
    id,
    title,
    hall,
    startsAt: startsAt.toISOString(),
    node: owner?.node,
    epoch: owner?.epoch,
    pinnedTo: seen.pins.get(id),
  }));
  const table = textTable(
    ['STARTS (UTC)', 'TITLE', 'HALL', 'OWNER', 'EPOCH', 'PINNED TO', 'ID'],
    rows.map(({ id, title, hall, node: owner, epoch, pinnedTo }, i) => [
      ...[startText(listed[i]?.startsAt ?? new Date(0)), title, hall],
      ...[owner, epoch, pinnedTo, id],
    ]),
  );
  const left = total - listed.length;
  const remarks = [
    'The owner is the node that claimed it last, as Postgres has it; it need not run it now. "-": nobody opened it yet.',
    ...(left > 0 ? [`${left} later ones are not listed.`] : []),
  ];
  const none =
    node === undefined ? 'There is no showtime today or later.' : `${node} owns no showtime of today or later.`;
  return {
    ok: true,
    json: { showtimes: rows, total },
    lines: listed.length === 0 ? [none] : [...table, '', ...remarks],
  };
}
