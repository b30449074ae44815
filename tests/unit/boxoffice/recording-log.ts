import type { Log } from '../../../src/kernel/log.js';

export interface Line {
  readonly level: keyof Log;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** A log that remembers. */
export function recordingLog(): Log & { readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const at = (level: keyof Log) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
