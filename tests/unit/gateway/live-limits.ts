import type { LiveLimits } from '../../../src/gateway/live/live-limits.js';

export const LIVE_LIMITS: LiveLimits = {
  messagesPerSecond: 20,
  frameBytes: 16 * 1024,
  heartbeatMs: 15_000,
  helloMsMax: 5_000,
  socketsMax: 1_000,
  unreadBytesMax: 64 * 1024,
};
