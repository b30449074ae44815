import { textTable } from '../text-table.js';
import type { ClusterView } from './cluster-view.js';
import type { Report } from './report.js';

export async function nodes(view: ClusterView): Promise<Report> {
  const { members } = await view.observe();
  const rows = members.map(({ member, beat, state }) => ({
    name: member.name,
    state,
    url: member.url,
    weight: member.weight,
    showtimes: member.showtimes,
    hot: member.hot,
    id: member.id,
    beat,
  }));
  const table = textTable(
    ['NODE', 'STATE', 'URL', 'WEIGHT', 'SHOWTIMES', 'HOT'],
    rows.map(({ name, state, url, weight, showtimes, hot }) => [name, state, url, weight, showtimes, hot.length]),
  );
  return { ok: true, json: { nodes: rows }, lines: rows.length === 0 ? ['There is no node in this cluster.'] : table };
}
