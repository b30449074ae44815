import type { Log, LogFields } from '../kernel/log.js';

/** What a line says about something that lasts or comes again and again. */
interface Folded {
  /** Lines of one state share one window: its beginning and its end, where both are told. */
  readonly state: string;
  /** The fields that tell one such thing from another. */
  readonly by?: readonly string[];
}

const CLUSTER_STORE: Folded = { state: 'cluster store' };
const LEASE: Folded = { state: 'lease' };
const FROZEN: Folded = { state: 'frozen' };
const REDIS: Folded = { state: 'redis', by: ['connection'] };
const CIRCUIT: Folded = { state: 'circuit', by: ['circuit'] };
const OUTBOX: Folded = { state: 'outbox' };

/**
 * The events that an outage, a flapping store or a client can repeat without end. The first line of each passes at once.
 * What follows within a window is counted, and its last line is logged when the window ends, with the count in `repeated`.
 * An event that is not listed is never folded.
 */
export const FOLDED: Readonly<Record<string, Folded>> = {
  'redis.away': REDIS,
  'redis.back': REDIS,
  'cluster.store_silent': CLUSTER_STORE,
  'cluster.store_answers': CLUSTER_STORE,
  'cluster.roll_garbage': { state: 'roll garbage' },
  'cluster.lease_lapsed': LEASE,
  'cluster.lease_held': LEASE,
  'cluster.frozen': FROZEN,
  'cluster.thawed': FROZEN,
  'store.circuit_opened': CIRCUIT,
  'store.circuit_closed': CIRCUIT,
  'payments.event_not_taken': { state: 'payment events' },
  'payments.event_ignored': { state: 'ignored payment events', by: ['reason'] },
  'payments.event_unsigned': { state: 'unsigned payment events' },
  'payments.open_not_read': { state: 'open payments' },
  'payments.look_failed': { state: 'looks at payments' },
  'payments.stripe_start_failed': { state: 'stripe starts' },
  'refunds.not_read': { state: 'due refunds' },
  'refunds.will_retry': { state: 'refund retries', by: ['refundId'] },
  'payments.test_reports_failed': { state: 'test reports' },
  'link.dropping': OUTBOX,
  'link.sending': OUTBOX,
  'link.reconnecting': { state: 'link reconnects' },
  'link.not_receiving': { state: 'link receives' },
  'link.unknown_message': { state: 'link message' },
  'link.call_failed': { state: 'link call', by: ['method'] },
  'link.receiver_failed': { state: 'link receiver', by: ['channel'] },
  'relay.not_opened': { state: 'relay opens' },
  'relay.frame_unreadable': { state: 'relay frame' },
  'relay.frames_missed': { state: 'relay gap' },
  'relay.event_unfit': { state: 'relay event' },
  'showtime.not_activated': { state: 'activation' },
  'showtime.claimed_unanswered': { state: 'claim', by: ['owner'] },
  'showtime.handed_over_unflushed': { state: 'hand-over' },
  'journal.unanswered': { state: 'journal' },
  'journal.record_unreadable': { state: 'journal record' },
  'catalogue.stale': { state: 'catalogue', by: ['what'] },
  'catalogue.unreadable': { state: 'catalogue read' },
  'counts.not_compared': { state: 'reconciler' },
  'bookings.not_searched': { state: 'stuck bookings' },
  'results.not_purged': { state: 'purge' },
  'returns.look_failed': { state: 'returns look' },
  'returns.not_begun': { state: 'returns begin' },
  'returns.will_retry': { state: 'returns retry' },
  'returns.seats_not_free': { state: 'returns seats' },
  'showtime_refunds.look_failed': { state: 'showtime refunds look' },
  'showtime_refunds.order_failed': { state: 'showtime refunds', by: ['showtimeId'] },
  'webhooks.not_followed': { state: 'webhook follower' },
  'webhooks.not_claimed': { state: 'webhook claims' },
  'webhooks.not_settled': { state: 'webhook settled', by: ['endpointId'] },
  'webhooks.try_failed': { state: 'webhook fails', by: ['endpointId'] },
  'webhooks.dead_letter': { state: 'webhook dead', by: ['endpointId'] },
  'webhooks.endpoint_behind': { state: 'webhook behind', by: ['endpointId'] },
  'demo.not_renewed': { state: 'demo' },
  'embedded_postgres.restarting': { state: 'embedded Postgres restarts' },
  'embedded_postgres.not_started': { state: 'embedded Postgres starts' },
  'socket.not_counted': { state: 'socket rate' },
  'socket.not_joined': { state: 'socket join' },
  'node.not_alone': { state: 'not alone' },
  'outbox.not_moved': { state: 'outbox mover' },
  'outbox.not_watched': { state: 'outbox watch' },
  'outbox.step_failed': { state: 'outbox step', by: ['handler'] },
  'jobs.not_alive': { state: 'job workers' },
  'jobs.queue_says': { state: 'job queue' },
  'jobs.not_started': { state: 'job workers start' },
  'showtime.fenced': { state: 'fenced', by: ['showtimeId'] },
  'showtime.taken_over': { state: 'fenced', by: ['showtimeId'] },
};

type Level = 'info' | 'warn' | 'error';

interface Window {
  /** Events of the state whose first line has passed. */
  readonly told: Set<string>;
  repeated: number;
  last: { readonly level: Level; readonly fields: LogFields; readonly message: string } | undefined;
  readonly cancel: () => void;
}

/** Calls back after so many milliseconds; returns how to cancel that. */
export type After = (ms: number, call: () => void) => () => void;

export interface FoldingLog extends Log {
  /** Logs what was counted so far: before the process ends. */
  flush(): void;
}

/** The first window is short, so that a second outage is told soon; each that follows is twice as long. */
const WINDOW_MS_FIRST = 5_000;
const WINDOW_MS_MAX = 60_000;
/** States at one time; past it lines pass as they come. */
const WINDOWS_MAX = 1_000;

/** Wraps a log so that one state is one line, however often it comes and goes. */
export function foldRepeats(log: Log, after: After): FoldingLog {
  const windows = new Map<string, Window>();

  const close = (key: string): void => {
    const window = windows.get(key);
    windows.delete(key);
    window?.cancel();
    if (!window?.last) return;
    const { level, fields, message } = window.last;
    log[level]({ ...fields, repeated: window.repeated }, message);
  };
  const open = (key: string, told: Set<string>, ms: number): Window => {
    const cancel = after(ms, () => {
      const goesOn = windows.get(key)?.last !== undefined;
      close(key);
      if (goesOn) open(key, told, Math.min(2 * ms, WINDOW_MS_MAX));
    });
    const window: Window = { told, repeated: 0, last: undefined, cancel };
    windows.set(key, window);
    return window;
  };
  const line = (level: Level, fields: LogFields, message: string): void => {
    const { event } = fields;
    const folded = FOLDED[event];
    const key = folded && keyOf(folded, fields);
    if (key === undefined || (!windows.has(key) && windows.size >= WINDOWS_MAX)) {
      log[level](fields, message);
      return;
    }
    const window = windows.get(key) ?? open(key, new Set(), WINDOW_MS_FIRST);
    if (window.told.has(event)) {
      window.repeated++;
      window.last = { level, fields, message };
    } else {
      window.told.add(event);
      log[level](fields, message);
    }
  };

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => line('info', fields, message),
    warn: (fields, message) => line('warn', fields, message),
    error: (fields, message) => line('error', fields, message),
    flush: () => {
      for (const key of [...windows.keys()]) close(key);
    },
  };
}

function keyOf({ state, by = [] }: Folded, fields: LogFields): string {
  const values = by.map((name) => String(fields[name]));
  return [state, ...values].join(' ');
}
