/** How evenly showtimes spread over nodes, what moves when a node comes or goes, and what a decision costs. */
import { parseArgs } from 'node:util';
import { Placement } from '../../src/runtime/cluster/placement.js';
import { seededRandom } from '../rush/random.js';

const HELP = `Usage: node dist/placement.js [options]

  --nodes <n,n,...>   sizes of the cluster       (default 3,10,100,1000)
  --showtimes <n>     how many are placed        (default 1000000)
  --seed <n>          for the ids of showtimes   (default 1)
`;

interface Node {
  readonly name: string;
  readonly weight: number;
}

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '3,10,100,1000' },
    showtimes: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const sizes = values.nodes.split(',').map((text) => wholeNumber('--nodes', text));
  const showtimeIds = makeIds(wholeNumber('--showtimes', values.showtimes), wholeNumber('--seed', values.seed));
  // Code compiled and every id read once before anything is timed.
  place(makeNodes(100), showtimeIds);
  console.log(`${showtimeIds.length} showtimes, seed ${values.seed}, Node ${process.version}\n`);
  console.log('Equal weights. "chance" is the spread that perfect dice would have; ns are of CPU time.');
  console.table(Object.fromEntries(sizes.map((size) => [`${size} nodes`, measureEqual(size, showtimeIds)])));
  console.log('Weights 1, 2 and 4 in turn: showtimes of a node over those that its weight is worth.');
  console.table(Object.fromEntries(sizes.map((size) => [`${size} nodes`, measureWeighted(size, showtimeIds)])));
}

function measureEqual(size: number, showtimeIds: readonly string[]): Record<string, string> {
  const nodes = makeNodes(size);
  const joiner: Node = { name: `node-${size}`, weight: 1 };
  const leaver = nodes[size >> 1];
  const startedAt = process.cpuUsage();
  const before = place(nodes, showtimeIds);
  const ns = (process.cpuUsage(startedAt).user * 1_000) / showtimeIds.length;
  const counts = count(nodes, before);
  const mean = showtimeIds.length / size;
  const variance = counts.reduce((sum, one) => sum + (one - mean) ** 2, 0) / size;
  const joined = compare(before, place([...nodes, joiner], showtimeIds), joiner);
  const left = compare(
    before,
    place(
      nodes.filter((node) => node !== leaver),
      showtimeIds,
    ),
    leaver,
  );
  return {
    'max/mean': (Math.max(...counts) / mean).toFixed(4),
    'stddev/mean': percent(Math.sqrt(variance) / mean),
    chance: percent(Math.sqrt((1 - 1 / size) / mean)),
    'moved on join': percent(joined.moved / showtimeIds.length),
    'its share': percent(1 / (size + 1)),
    'moved on leave': percent(left.moved / showtimeIds.length),
    'had been its': percent((counts[size >> 1] ?? 0) / showtimeIds.length),
    'moved between others': String(joined.strays + left.strays),
    'ns/decision': ns.toFixed(0),
    'ns/score': (ns / size).toFixed(2),
  };
}

function measureWeighted(size: number, showtimeIds: readonly string[]): Record<string, string> {
  const nodes = Array.from({ length: size }, (_, i): Node => ({ name: `node-${i}`, weight: 2 ** (i % 3) }));
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  const startedAt = process.cpuUsage();
  const counts = count(nodes, place(nodes, showtimeIds));
  const ns = (process.cpuUsage(startedAt).user * 1_000) / showtimeIds.length;
  const shares = nodes.map(({ weight }, i) => (counts[i] ?? 0) / ((showtimeIds.length * weight) / total));
  const ofWeight = (weight: number) => {
    const some = shares.filter((_, i) => nodes[i]?.weight === weight);
    return (some.reduce((sum, share) => sum + share, 0) / some.length).toFixed(4);
  };
  return {
    'weight 1': ofWeight(1),
    'weight 2': ofWeight(2),
    'weight 4': ofWeight(4),
    lowest: Math.min(...shares).toFixed(4),
    highest: Math.max(...shares).toFixed(4),
    'ns/decision': ns.toFixed(0),
  };
}

function makeNodes(size: number): Node[] {
  return Array.from({ length: size }, (_, i) => ({ name: `node-${i}`, weight: 1 }));
}

function place(nodes: readonly Node[], showtimeIds: readonly string[]): (Node | undefined)[] {
  const placement = new Placement(nodes);
  return showtimeIds.map((showtimeId) => placement.homeOf(showtimeId));
}

function count(nodes: readonly Node[], homes: readonly (Node | undefined)[]): number[] {
  const counts = new Map<Node | undefined, number>();
  for (const home of homes) counts.set(home, (counts.get(home) ?? 0) + 1);
  return nodes.map((node) => counts.get(node) ?? 0);
}

/** How many moved, and how many of those neither to nor from the node that came or went. */
function compare(
  before: readonly (Node | undefined)[],
  after: readonly (Node | undefined)[],
  changed: Node | undefined,
) {
  let moved = 0;
  let strays = 0;
  for (const [i, home] of before.entries()) {
    if (home === after[i]) continue;
    moved++;
    if (home !== changed && after[i] !== changed) strays++;
  }
  return { moved, strays };
}

/** UUIDs as the box office makes them: version 7, some thousands in the same second. */
function makeIds(length: number, seed: number): string[] {
  const random = seededRandom(seed);
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return Array.from({ length }, (_, i) => {
    const time = (1_790_000_000_000 + (i >> 2)).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`;
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} takes whole numbers from 1, not "${text}".`);
  return value;
}
