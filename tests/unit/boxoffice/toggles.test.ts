import { beforeEach, expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { isToggle, TOGGLES, Toggles } from '../../../src/boxoffice/toggles.js';
import { recordingLog } from './recording-log.js';
import { ScriptedCache } from './scripted-cache.js';

let time: VirtualTime;
let cache: ScriptedCache;
const log = recordingLog();

beforeEach(() => {
  time = new VirtualTime();
  cache = new ScriptedCache(time);
});
const operator = (text: string) => cache.store.set('toggles', text, 1e9);
const toggles = (...off: ('best_available' | 'availability')[]) => new Toggles({ off, cache, timers: time, log });
const offOf = (each: Toggles) => TOGGLES.filter((name) => !each.isOn(name));

it('knows its names', () => {
  expect(TOGGLES.every(isToggle)).toBe(true);
  expect(isToggle('everything')).toBe(false);
});

it('has everything on until it is told otherwise, and follows what the cache says within seconds', async () => {
  const all = toggles();
  expect(offOf(all)).toEqual([]);
  await operator('new_sessions, best_available');
  await time.advance(3_001);
  expect(offOf(all)).toEqual(['best_available', 'new_sessions']);
  await operator('');
  await time.advance(3_001);
  expect(offOf(all)).toEqual([]);
});

it('never switches on what the node was told to leave off', async () => {
  const all = toggles('availability');
  await operator('best_available');
  await time.advance(3_001);
  expect(offOf(all)).toEqual(['best_available', 'availability']);
  await operator('');
  await time.advance(3_001);
  expect(offOf(all)).toEqual(['availability']);
});

it('keeps what it last knew while the cache is away', async () => {
  const all = toggles();
  await operator('http_commands');
  await time.advance(3_001);
  cache.isAway = true;
  await time.advance(60_000);
  expect(offOf(all)).toEqual(['http_commands']);
});

it('tells of words that mean nothing, and takes the rest', async () => {
  const all = toggles();
  await operator('holds,best_available');
  await time.advance(9_000);
  expect(offOf(all)).toEqual(['best_available']);
  const told = log.lines.filter(({ fields }) => 'unknown' in fields);
  expect(told.map(({ fields }) => fields['unknown'])).toEqual([['holds']]);
});

it('asks nobody any more once it was stopped', async () => {
  const all = toggles();
  await all.stop();
  await time.advance(60_000);
  expect(cache.calls.get).toBe(0);
});
