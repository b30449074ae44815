const BETWEEN = '  ';

/** Columns as wide as what stands in them, numbers to the right. What could steer a terminal is shown as `?`. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string[] {
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const cells = [head, ...rows.map((row) => head.map((_, column) => cellOf(row[column])))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join(BETWEEN)
      .trimEnd(),
  );
}

function cellOf(value: string | number | undefined): string {
  return value === undefined ? '-' : String(value).replace(/\p{Cc}/gu, '?');
}

/** Minutes are enough for people; the zone is said in the head of the column. */
export function startText(startsAt: Date): string {
  return startsAt.toISOString().slice(0, 16).replace('T', ' ');
}
