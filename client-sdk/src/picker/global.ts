/** What a page without a bundler loads with one script tag: defines the element, and puts these into `globalThis.Usher`. */
import './define.js';

export { browserSessionStore, createClient, SEAT_STATUSES } from '../index.js';
export { defaultMessages, UsherSeatPicker } from './index.js';
