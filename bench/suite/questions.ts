import { bookingsHot } from '../questions/bookings-hot.js';
import { bookingsSpread } from '../questions/bookings-spread.js';
import { browser } from '../questions/browser.js';
import { catalogue } from '../questions/catalogue.js';
import { contended } from '../questions/contended.js';
import { failover } from '../questions/failover.js';
import { fanOut } from '../questions/fan-out.js';
import { growth } from '../questions/growth.js';
import { holds } from '../questions/holds.js';
import { http } from '../questions/http.js';
import { joinStorm } from '../questions/join-storm.js';
import { logIns } from '../questions/log-ins.js';
import { mails } from '../questions/mails.js';
import { memory } from '../questions/memory.js';
import { purchases } from '../questions/purchases.js';
import { relay } from '../questions/relay.js';
import { rush } from '../questions/rush.js';
import { tickets } from '../questions/tickets.js';
import type { Benchmark } from './benchmark.js';

/** All that `npm run bench` measures, in the order in which it does. */
export const QUESTIONS: readonly Benchmark[] = [
  contended,
  holds,
  bookingsHot,
  bookingsSpread,
  purchases,
  tickets,
  mails,
  fanOut,
  joinStorm,
  rush,
  memory,
  growth,
  relay,
  http,
  catalogue,
  logIns,
  failover,
  browser,
];
