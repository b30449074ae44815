import type { Log } from '../src/runtime/ports.js';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
