/** Rows A to H of 12 seats each; A and B are dearer, and H has two wheelchair spaces. */
export const GRAND_PLAN = [
  'zone,row,seat,category,type',
  ...[...'ABCDEFGH'].flatMap((row) =>
    Array.from({ length: 12 }, (_, i) => {
      const type = row === 'H' && i < 2 ? 'wheelchair' : '';
      return `Stalls,${row},${i + 1},${row < 'C' ? 'Front' : 'Rear'},${type}`;
    }),
  ),
].join('\n');
