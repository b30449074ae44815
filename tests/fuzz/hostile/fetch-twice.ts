/**
 * Once more where the first try met a connection that the server had ended, as it does with those that were quiet for ten
 * seconds: while thousands of sockets keep this process busy, it learns of that too late. For what may be asked twice.
 */
export async function fetchTwice(url: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(url, init).catch(() => fetch(url, init));
}
