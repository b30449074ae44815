/**
 * Counts the places of a sample as a person with a text editor would: by what occurs how often in its text. It knows nothing
 * of the readers, nor of their formats beyond a word to look for.
 */
export interface Counted {
  readonly places: number;
  readonly wheelchairs: number;
}

const occurrences = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

export const countPlaces: Readonly<Record<string, (text: string) => Counted>> = {
  'theatre.csv': (text) => ({
    // Every line but the header is a seat, and the one standing area says 40 instead.
    places: occurrences(text, /\n(?=.)/g) - 1 + 40,
    wheelchairs: occurrences(text, /Rollstuhl/g),
  }),
  'club.csv': (text) => ({ places: occurrences(text, /^Main/gm), wheelchairs: 0 }),
  'studio.rows.txt': (text) => {
    // Digits and letters of each row added up, times the rows that the line is for.
    let places = 0;
    for (const [, from = '', to, body = ''] of text.matchAll(/^([A-Z])(?:-([A-Z]))?[^:\n]{0,20}: (.*\d.*)$/gm)) {
      const rows = to === undefined ? 1 : to.charCodeAt(0) - from.charCodeAt(0) + 1;
      const ofRow = body
        .replace(/(\d)p/g, (_, pairs: string) => String(2 * Number(pairs)))
        .replace(/[wc]/g, '1')
        .split(/\D+/)
        .reduce((sum, digits) => sum + Number(digits), 0);
      places += rows * ofRow;
    }
    return { places, wheelchairs: occurrences(text, /\bw\b/g) };
  },
  'town-hall.seatsio.json': (text) => ({
    places: occurrences(text, /"uuid"/g) + Number(/"capacity": (\d+)/.exec(text)?.[1]),
    wheelchairs: occurrences(text, /"accessible": true/g),
  }),
  'hall.svg': (text) => ({
    places: occurrences(text, / id="seat-/g),
    wheelchairs: occurrences(text, /wheelchair/g),
  }),
  'screen-5.grid.json': (text) => ({
    places: occurrences(text, /"number"/g),
    wheelchairs: occurrences(text, /"wheelchair"/g),
  }),
  'letters.grid.json': (text) => ({
    places: occurrences(text.split('legend')[0] ?? '', /[ab](?=[ab_"])/g),
    wheelchairs: 0,
  }),
};

/** Of a pretix plan, by the key that each of its seats has. */
export function countPretix(text: string): number {
  return occurrences(text, /"seat_guid"/g);
}
