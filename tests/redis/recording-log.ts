import type { Log } from '../../src/kernel/log.js';

type Level = keyof Log;

/** A log that keeps its messages of these levels until they are taken. */
export function recordingLog(...levels: readonly Level[]): { readonly log: Log; take(): readonly string[] } {
  const kept: string[] = [];
  const at = (level: Level) => (_fields: object, message: string) => {
    if (levels.includes(level)) kept.push(message);
  };
  return {
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    take: () => kept.splice(0),
  };
}
