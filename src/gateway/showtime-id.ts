const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A showtime id out of a URL, or undefined where it cannot be one. In one spelling, since ids are compared as text: a
 * showtime asked for in capitals must not get an actor of its own.
 */
export function readShowtimeId(text: string | undefined): string | undefined {
  const id = text?.toLowerCase() ?? '';
  return UUID.test(id) ? id : undefined;
}
