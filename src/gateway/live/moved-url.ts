/**
 * The live URL of a showtime at another node. It tells that node that its client was sent on already, and is to be
 * served where it is: one hop, and no ring of nodes that each take another for the owner.
 */
export function movedUrl(baseUrl: string, showtimeId: string): string {
  const base = baseUrl.replace(/^http/, 'ws').replace(/\/$/, '');
  return `${base}/v1/showtimes/${showtimeId}/live?${MOVED_QUERY}`;
}

export function wasMoved(query: string): boolean {
  return query.split('&').includes(MOVED_QUERY);
}

const MOVED_QUERY = 'moved=1';
