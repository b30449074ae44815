import type { HistoryVerdict } from './checker/check-history.js';
import type { Stored } from './checker/compare-with-postgres.js';
import type { Line } from './checker/history.js';
import { describeFirstHolds, firstHolds, slowHolds } from './first-holds.js';
import type { Tally } from './tally.js';
import type { TortureOptions } from './torture-options.js';

/** A run in which little happened proves little. */
const ACKNOWLEDGED_A_SECOND_MIN = 5;
const LOST_SHARE_MIN = 0.05;
const CONTESTED_SHARE_MIN = 0.5;
const FAULTS_A_MINUTE_MIN = 3;
/** From here on every kind of fault must have come. */
const EVERY_KIND_MS = 240_000;
/**
 * Its pool of four, the one that commits, and some that are being replaced, or wait for a standby with nobody behind; and of its jobs
 * one that handles them, one that listens and one that says that the workers are alive.
 */
const CONNECTIONS_A_NODE_MAX = 8 + 3;
/** Two at a time, and what a killed node left behind. */
const CLAIMS_A_NODE_MAX = 3;
const SHOWN_MAX = 10;

export interface RunResult {
  readonly lines: readonly Line[];
  /** What Postgres held in the end; undefined where it did not come to that. */
  readonly stored: Stored | undefined;
  readonly tally: Tally;
  readonly verdict: HistoryVerdict;
  /** What was found while it ran: differences from Postgres, houses that do not agree, clients that came to a stop. */
  readonly found: readonly string[];
  readonly quietPoints: number;
  readonly compared: number;
  readonly crashes: readonly string[];
  /** The most backends of nodes that one server had at a time. */
  readonly connectionsMax: number;
  /** Of them, the most that claimed a showtime at a time. */
  readonly claimsMax: number;
  readonly checkMs: number;
  readonly isInterrupted: boolean;
}

/** Everything that makes the run a failure, a sentence each. */
export function failings(result: RunResult, options: TortureOptions): string[] {
  const { tally, verdict, found, isInterrupted, connectionsMax, claimsMax } = result;
  const { durationMs, faults } = options;
  const failed = [...found, ...verdict.violations.map(({ rule, text }) => `${rule}: ${text}`)];
  if (isInterrupted) failed.push('It was interrupted: a run that was not finished proves nothing.');
  const acknowledgedMin = Math.round((durationMs / 1_000) * ACKNOWLEDGED_A_SECOND_MIN);
  if (tally.acknowledged < acknowledgedMin) {
    failed.push(
      `Too little happened: ${tally.acknowledged} commands were acknowledged, and ${acknowledgedMin} are needed.`,
    );
  }
  if (tally.holdsLost < tally.holdsAsked * LOST_SHARE_MIN) {
    failed.push(`Too little contention: ${tally.holdsLost} of ${tally.holdsAsked} holds lost a race.`);
  }
  if (tally.contested < tally.seats * CONTESTED_SHARE_MIN) {
    failed.push(`Too little contention: ${tally.contested} of ${tally.seats} seats were wanted by three or more.`);
  }
  const all = [...tally.faults.values()].reduce((a, b) => a + b, 0);
  const faultsMin = Math.floor((durationMs / 60_000) * FAULTS_A_MINUTE_MIN);
  if (all < faultsMin) failed.push(`Too few faults: ${all}, and ${faultsMin} are needed.`);
  const missing = durationMs < EVERY_KIND_MS ? [] : faults.filter((name) => !tally.faults.get(name));
  if (missing.length > 0) failed.push(`Too few faults: none of ${missing.join(', ')}.`);
  const connectionsAllowed = options.nodes * CONNECTIONS_A_NODE_MAX;
  if (connectionsMax > connectionsAllowed) {
    failed.push(`Nodes had ${connectionsMax} connections to Postgres at a time, and ${connectionsAllowed} are enough.`);
  }
  const claimsAllowed = options.nodes * CLAIMS_A_NODE_MAX;
  if (claimsMax > claimsAllowed) {
    failed.push(`Postgres had ${claimsMax} claims to answer at a time, and ${claimsAllowed} are enough.`);
  }
  failed.push(...slowHolds(result.lines));
  return failed;
}

/** One line, for while it runs. */
export function progressLine(tally: Tally, elapsedMs: number): string {
  const faults = [...tally.faults.values()].reduce((a, b) => a + b, 0);
  return `${Math.round(elapsedMs / 1_000)} s: ${tally.acknowledged} acknowledged, ${tally.holdsLost} of ${tally.holdsAsked} holds lost, ${tally.unknown} unknown, ${faults} faults, ${tally.epochs} epochs`;
}

export function describe(result: RunResult, options: TortureOptions): string {
  const { tally, verdict, quietPoints, compared, crashes, checkMs } = result;
  const failed = failings(result, options);
  return [
    '',
    `Seed ${options.seed}: ${options.nodes} nodes, ${options.clients} clients, ${options.durationMs / 60_000} minutes.`,
    ...[...tally.outcomes].sort().map(([name, count]) => `  ${name.padEnd(26)}${String(count).padStart(8)}`),
    `  ${'tried more than once'.padEnd(26)}${String(tally.repeated).padStart(8)}`,
    'Faults:',
    ...[...tally.faults].sort().map(([name, count]) => `  ${name.padEnd(26)}${String(count).padStart(8)}`),
    `Contention: ${tally.holdsLost} of ${tally.holdsAsked} holds lost to another; ${tally.contested} of ${tally.seats} seats wanted by three or more.`,
    `Houses: ${tally.reads} positions in ${tally.epochs} epochs, ${compared} seen again and compared.`,
    `History: ${verdict.steps} steps at ${verdict.seats} seats; of ${verdict.refusals} refused seats ${verdict.excused} may rest on what a fault undid. Judged in ${checkMs} ms.`,
    `Postgres was compared at ${quietPoints} quiet points.`,
    ...(options.failover ? describeFailovers(result) : []),
    ...(crashes.length > 0 ? [`Nodes that ended by themselves: ${crashes.join('; ')}.`] : []),
    ...(failed.length === 0 ? ['Nothing was found.'] : [`FAILED, for ${failed.length} reasons:`]),
    ...failed.slice(0, SHOWN_MAX).map((text) => `- ${text}`),
    ...(failed.length > SHOWN_MAX ? [`- and ${failed.length - SHOWN_MAX} more.`] : []),
    '',
  ].join('\n');
}

function describeFailovers({ lines, verdict, connectionsMax, claimsMax }: RunResult): string[] {
  const promotions = lines.filter((line) => line.type === 'promotion');
  const lost = promotions.flatMap((promotion) => promotion.lost);
  const commands = lost.reduce((sum, tail) => sum + tail.commands.length, 0);
  return [
    `Promotions: ${promotions.length}, of which ${promotions.filter(({ synchronous }) => synchronous).length} of a synchronous standby.`,
    `Lost tails: ${lost.length} of showtimes, with ${commands} commands that had taken effect; of ${verdict.lost.commands} the only memory died, ${verdict.lost.named} holds and bookings were reported as lost.`,
    `Connections to Postgres: at most ${connectionsMax}, of which at most ${claimsMax} claimed a showtime.`,
    ...firstHolds(lines).map(describeFirstHolds),
  ];
}
