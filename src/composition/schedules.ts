import { nodeTimers } from '../adapters/node-timers.js';
import { archive } from '../boxoffice/jobs/archive.js';
import { personalData } from '../boxoffice/jobs/erase-personal-data.js';
import { holdEndings, oldNotices, reminders } from '../boxoffice/jobs/notices.js';
import { pastShowtimes } from '../boxoffice/jobs/past-showtimes.js';
import { type JobTotals, Scheduler } from '../boxoffice/jobs/scheduler.js';
import type { Config } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

const LOOK_MS = 5_000;

interface ScheduleNeeds {
  /** After the commit of what wrote to the outbox. */
  readonly wake: () => void;
  /** After the catalogue changed. */
  readonly changed: () => void;
}

/** Scheduled work, on nodes with JOBS. Gives what it came to, for `/metrics`. */
export function openSchedules(
  config: Config,
  { pool, ids }: Store,
  { wake, changed }: ScheduleNeeds,
  log: Log,
  undo: Undo,
): () => JobTotals {
  if (!config.jobs.isOn) return () => ({});
  const { reminderHours, holdEndingMs, pastShowtimeDays, archiveDays, personalDataDays } = config.schedules;
  const jobs = [
    holdEndings(holdEndingMs, wake),
    reminders(reminderHours, wake),
    pastShowtimes(pastShowtimeDays, changed),
    personalData(personalDataDays),
    archive(archiveDays),
    oldNotices,
  ];
  const scheduler = new Scheduler({ pool, jobs, lookMs: LOOK_MS, timers: nodeTimers, uuid: () => ids.uuid(), log });
  undo.push(() => scheduler.stop());
  return () => scheduler.totals;
}
