import { OLDEST_OUTCOME_S_MAX } from './gauges.js';
import { growthOf, type Look, median } from './trend.js';

export interface Sample {
  readonly atMs: number;
  readonly gauges: Readonly<Record<string, number>>;
}

/** What a run has found, as far as the verdict needs it. */
export interface Findings {
  /** While the load ran, pauses left out; in order of time. */
  readonly samples: readonly Sample[];
  /** By node, MiB that are in use after everything else was collected; under load, now and then. */
  readonly heaps: readonly Sample[];
  readonly offeredPerSecond: number;
  readonly commands: number;
  /** Refusals that no choice of seats explains, and connections that the nodes broke: how many of each. */
  readonly faults: ReadonlyMap<string, number>;
  readonly unknown: number;
  readonly drift: readonly string[];
  /** Warnings and errors in the logs of the nodes. */
  readonly complaints: readonly string[];
  /** Before anybody came, and when all had gone. */
  readonly empty: { readonly before: Sample; readonly after: Sample };
}

export interface Finding {
  readonly what: string;
  readonly found: string;
  readonly bound: string;
  readonly isFine: boolean;
}

/** By how much a figure may grow from the end of the warm-up to the end, by its trend: the greater of both. */
interface Bound {
  readonly units: number;
  /** Of its median. */
  readonly share: number;
}

/** What each allows, and why: README.md. */
const GROWTH: readonly (readonly [name: RegExp, bound: Bound])[] = [
  [/ rss MiB$/, { units: 24, share: 0.1 }],
  [/ external MiB$/, { units: 8, share: 0 }],
  [/^files of both$/, { units: 20, share: 0 }],
  [/ threads$/, { units: 1, share: 0 }],
  [/ accept queue$/, { units: 2, share: 0 }],
  [/ loop p99 ms$/, { units: 15, share: 0.5 }],
  [/^(reads )?p50 ms$/, { units: 5, share: 0.5 }],
  [/^(reads )?p99 ms$/, { units: 50, share: 1 }],
  [/^backlog$/, { units: 10, share: 0 }],
  [/^held seats$/, { units: 50, share: 0.25 }],
  [/^held seats MiB$/, { units: 2, share: 0.25 }],
  [/^outcome rows$/, { units: 200, share: 0.25 }],
  [/^pg connections$/, { units: 4, share: 0 }],
  [/^pg lock waits$/, { units: 2, share: 0 }],
  [/^redis MiB$/, { units: 2, share: 0.1 }],
  [/^redis keys$/, { units: 20, share: 0.1 }],
  [/^redis clients$/, { units: 2, share: 0 }],
  [/^redis unread KiB$/, { units: 64, share: 0 }],
];
const LIVE_HEAP: Bound = { units: 10, share: 0.15 };
/** A trend of fewer looks, or over less, is noise. */
const LOOKS_MIN = 12;
const TREND_MS_MIN = 100_000;
/** With everybody gone there are as many files as before, but for connections that pools opened and keep. */
const FILES_LEFT_MAX = 16;
const OFFERED_SHARE_MIN = 0.95;
const DOUBTS_SHARE_MAX = 0.001;
/** What a node says that cannot serve at this moment, or doubts that a showtime is its own; nothing was done, and no promise broken. */
const DOUBT =
  /^(moving|unavailable|overloaded|closed with 42|told (moved|unavailable|overloaded)|HTTP 503|an error, (unavailable|overloaded)|not let in: ClosedWhileOpening: 4(10[12]|2))/;
/** Of the node's log, which is JSON with pino's levels. */
const WARNING = /"level":40\b/;

/** Everything that was judged; what was too short to be judged is not among it. */
export function judge(findings: Findings): Finding[] {
  const always = [...bounds(findings), ...promises(findings)];
  if (spanMs(afterWarmUp(findings.samples)) < TREND_MS_MIN) return always;
  return [...growth(findings), ...liveHeap(findings), ...always, ...service(findings)];
}

function growth({ samples }: Findings): Finding[] {
  const rest = afterWarmUp(samples);
  if (rest.length < LOOKS_MIN) return [];
  // Sockets change sides when showtimes move: what one node has more the other has less.
  const looks = rest.map(withFilesOfBoth);
  return Object.keys(looks[0]?.gauges ?? {}).flatMap((name) => {
    const bound = GROWTH.find(([pattern]) => pattern.test(name))?.[1];
    return bound ? [grown(name, looksAt(looks, name), bound)] : [];
  });
}

function withFilesOfBoth(sample: Sample): Sample {
  const names = Object.keys(sample.gauges).filter((name) => name.endsWith(' files'));
  const sum = names.reduce((files, name) => files + (sample.gauges[name] ?? Number.NaN), 0);
  return { ...sample, gauges: { ...sample.gauges, 'files of both': sum } };
}

function liveHeap({ heaps }: Findings): Finding[] {
  const rest = afterWarmUp(heaps);
  if (rest.length < LOOKS_MIN) return [];
  return Object.keys(rest[0]?.gauges ?? {}).map((name) => grown(name, looksAt(rest, name), LIVE_HEAP));
}

function grown(name: string, looks: readonly Look[], { units, share }: Bound): Finding {
  const grew = growthOf(looks);
  const middle = median(looks.map(([, value]) => value));
  const allowed = Math.max(units, share * middle);
  return {
    what: `${name} does not grow`,
    found: `${grew >= 0 ? '+' : ''}${grew.toFixed(2)}, median ${middle.toFixed(2)}`,
    bound: `+${allowed.toFixed(2)}`,
    isFine: grew <= allowed,
  };
}

function bounds({ samples, empty }: Findings): Finding[] {
  const oldest = Math.max(...samples.map(({ gauges }) => gauges['oldest outcome s'] ?? 0));
  const files = Object.keys(empty.before.gauges)
    .filter((name) => name.endsWith(' files'))
    .map((name) => {
      const left = (empty.after.gauges[name] ?? Number.NaN) - (empty.before.gauges[name] ?? Number.NaN);
      return upTo(`${name} left when all have gone`, left, FILES_LEFT_MAX);
    });
  return [
    upTo('oldest outcome kept, s', oldest, OLDEST_OUTCOME_S_MAX),
    ...files,
    upTo('seats still held when all have gone', empty.after.gauges['held seats'] ?? Number.NaN, 0),
  ];
}

function promises({ faults, drift, complaints }: Findings): Finding[] {
  return [
    upTo('drift between memory, Redis and Postgres', drift.length, 0),
    upTo(
      'faults',
      sumOf(faults, (what) => !DOUBT.test(what)),
      0,
    ),
    upTo('errors in the logs', complaints.filter((line) => !WARNING.test(line)).length, 0),
  ];
}

/** How well people were served: a run of seconds beside other programs says little of it. */
function service({ samples, offeredPerSecond, commands, faults, unknown, complaints }: Findings): Finding[] {
  const answered = median(samples.map(({ gauges }) => gauges['commands/s'] ?? 0));
  return [
    {
      what: 'what was offered was answered, commands/s',
      found: answered.toFixed(1),
      bound: `at least ${(OFFERED_SHARE_MIN * offeredPerSecond).toFixed(1)}`,
      isFine: answered >= OFFERED_SHARE_MIN * offeredPerSecond,
    },
    upTo(
      'times that people were told to come again',
      sumOf(faults, (what) => DOUBT.test(what)),
      Math.floor(DOUBTS_SHARE_MAX * commands),
    ),
    upTo('outcomes that stayed unknown', unknown, 0),
    upTo('warnings in the logs', complaints.filter((line) => WARNING.test(line)).length, 0),
  ];
}

function sumOf(faults: ReadonlyMap<string, number>, counts: (what: string) => boolean): number {
  return [...faults].reduce((sum, [what, times]) => (counts(what) ? sum + times : sum), 0);
}

function upTo(what: string, found: number, most: number): Finding {
  return { what, found: String(Math.round(found * 100) / 100), bound: `at most ${most}`, isFine: found <= most };
}

function afterWarmUp(samples: readonly Sample[]): Sample[] {
  const end = samples.at(-1)?.atMs ?? 0;
  return samples.filter(({ atMs }) => atMs >= end / 3);
}

function spanMs(samples: readonly Sample[]): number {
  return (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0);
}

function looksAt(samples: readonly Sample[], name: string): Look[] {
  return samples.flatMap(({ atMs, gauges }) => {
    const value = gauges[name];
    return value === undefined || Number.isNaN(value) ? [] : [[atMs, value] as const];
  });
}
