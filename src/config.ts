/** The environment, read once: every setting of a node with its default, unit and bound. */
import { z } from 'zod';
import { databaseUrlFault } from './adapters/postgres/server-urls.js';
import { LINK_ADDRESS } from './adapters/read-member.js';
import { externalIssuersSetting } from './boxoffice/access/external-issuer-setting.js';
import { scheduleSettings } from './boxoffice/jobs/schedule-settings.js';
import { loyaltySettings } from './boxoffice/loyalty/loyalty-settings.js';
import { mailFault, notificationSettings } from './boxoffice/notifications/notification-settings.js';
import { orderSettings } from './boxoffice/orders/order-settings.js';
import { outboxSettings } from './boxoffice/outbox/outbox-settings.js';
import { stripeConfigOf, stripeFault, stripeSettings } from './boxoffice/payments/stripe/stripe-settings.js';
import { reportsSettings } from './boxoffice/reports/reports-settings.js';
import { ticketConfig, ticketSettings } from './boxoffice/tickets/ticket-settings.js';
import { TOGGLES } from './boxoffice/toggles.js';
import { waitlistOf, waitlistSettings } from './boxoffice/waitlist/waitlist-settings.js';
import { webhookSettings } from './boxoffice/webhooks/webhook-settings.js';

const port = z.coerce.number().int().min(1).max(65_535);
const positive = z.coerce.number().int().positive();
/** What becomes a timer: Node fires at once what is longer than this, some 24 days. */
const timerMs = positive.max(2 ** 31 - 1);
const count = z.coerce.number().int().nonnegative();
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** As browsers send them, or they would never match: no path, no slash at the end, no default port. */
const origin = z.string().refine((text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text), {
  error: 'an origin is a scheme, a host and perhaps a port, such as https://tickets.example',
});

/** It is told to every client that is sent to this node. */
const publicUrl = z.url({ protocol: /^https?$/ }).refine((text) => !/[@?#]/.test(text), {
  error: 'a public URL has neither a user, nor a query, nor a fragment',
});

/** In libpq's form for several hosts, which is no URL. The fault is said without any part of it: it has a password. */
const databaseUrl = z.string().check(({ value, issues }) => {
  const message = databaseUrlFault(value);
  if (message !== undefined) issues.push({ code: 'custom', message, input: undefined });
});

const TOKEN_SECRET_LENGTH_MIN = 32;
/** Of 32 random digits of base 16 fewer than these are different once in 300,000 times; of a word over and over, always. */
const TOKEN_SECRET_LETTERS_MIN = 9;

const environment = z.object({
  /** One of these and no other: were `prod` taken for no production, it would give seats away. */
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(8080),
  /** Where the embedded Postgres and the development secret live. */
  DATA_DIR: z.string().default('.usher'),
  /** Absent: an embedded Postgres in DATA_DIR. With several hosts, the one of them that takes writes is used. */
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_CONNECTIONS: positive.default(10),
  /** Makes it a node of a cluster: redis:, rediss:, redis-sentinel: or redis-cluster:. Absent: a node that is alone. */
  REDIS_URL: z
    .string()
    .regex(/^redis(s|-sentinel|-cluster)?:\/\//, { error: 'a URL of Redis, such as redis://localhost:6379' })
    .optional(),
  /** Nodes with the same Redis and the same name of the cluster share the showtimes. */
  CLUSTER_NAME: z
    .string()
    .regex(/^[\w-]{1,32}$/)
    .default('usher'),
  /** No two nodes of a cluster may have the same; by default the host's name and the port. */
  NODE_NAME: z
    .string()
    .regex(/^[\w.:-]{1,64}$/)
    .optional(),
  /** Where clients reach this very node. Absent: they only reach a balancer, and what lives elsewhere is relayed. */
  PUBLIC_URL: publicUrl.optional(),
  /** Listened to besides PORT, and shared by all nodes of one machine: the kernel spreads the connections. */
  SHARED_PORT: port.optional(),
  /** Serves `/metrics` to whoever reaches it: a port of its own, and of this machine only where METRICS_HOST is not set. */
  METRICS_PORT: port.optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  /** Whether nodes connect to each other directly as well: without it they need Redis to serve each other's showtimes. */
  DIRECT_LINKS: flag.default(true),
  /** Where this node listens for the others; by default its first private address, or the loopback where it has none. */
  LINK_HOST: z.string().optional(),
  /** By default any that is free. */
  LINK_PORT: port.optional(),
  /** Where the others reach it, where that differs, as host:port. */
  LINK_ADDRESS: z
    .string()
    .max(300)
    .regex(LINK_ADDRESS, { error: 'an address is host:port, such as 10.0.0.7:9090' })
    .optional(),
  /** What the nodes of a cluster know each other by. Absent: a key made from TOKEN_SECRET. */
  CLUSTER_SECRET: z.string().min(TOKEN_SECRET_LENGTH_MIN).optional(),
  /** Its share of the showtimes, relative to the other nodes. */
  NODE_WEIGHT: z.coerce.number().min(0.01).max(100).default(1),
  CLUSTER_BEAT_MS: timerMs.default(500),
  /** A node that was not heard of for so long has died; its showtimes are taken over. */
  CLUSTER_DETECTION_MS: timerMs.default(3_000),
  /** A showtime with more watchers than this is relayed by other nodes, in place of sending its owner more of them. */
  HOT_WATCHERS: positive.default(2_000),
  /** Signs sessions; all nodes share it. Absent: one is made and kept in DATA_DIR, but never in production. */
  TOKEN_SECRET: z.string().min(TOKEN_SECRET_LENGTH_MIN).optional(),
  GUEST_TTL_MS: positive.min(1_000).default(7 * 24 * 3_600_000),
  /** Of an access token of an account. It is refused earlier where its log-in is revoked. */
  ACCESS_TOKEN_TTL_MS: positive
    .min(1_000)
    .max(86_400_000)
    .default(10 * 60_000),
  /** For how many days a key signs access tokens before a new one does. */
  SIGNING_KEY_DAYS: z.coerce.number().min(1).max(3_650).default(30),
  /** Whose tokens are taken besides our own, as a JSON list: see src/boxoffice/access. Only https in production. */
  EXTERNAL_ISSUERS: externalIssuersSetting.default([]),
  /** How often each node reads what was revoked. */
  REVOCATIONS_MS: timerMs.default(1_000),
  /** From the log-in of a customer to the end of the session, however often it is refreshed. */
  SESSION_DAYS: z.coerce.number().positive().max(3_650).default(30),
  /** The same of everybody with permissions. */
  STAFF_SESSION_HOURS: z.coerce.number().positive().max(8_760).default(12),
  /** Log-ins of one e-mail address, and of one client's address, that may fail in 15 minutes. */
  LOG_IN_FAILURES_PER_ACCOUNT: positive.default(20),
  LOG_IN_FAILURES_PER_ADDRESS: positive.default(200),
  /** Mails that may be asked for in an hour: to one e-mail address, and by one client's address. */
  MAILS_PER_ACCOUNT: positive.default(5),
  MAILS_PER_ADDRESS: positive.default(50),
  /** Where the pages of the site are that mailed links lead to. Absent: PUBLIC_URL, or this node. */
  SITE_URL: publicUrl.optional(),
  MAIL_FROM: z
    .string()
    .max(300)
    .regex(/^[^\r\n]+@[^\r\n]+$/, { error: 'is an address, such as Usher <tickets@example.org>' })
    .default('Usher <no-reply@localhost>'),
  ...outboxSettings,
  ...webhookSettings,
  ...loyaltySettings,
  ...notificationSettings,
  ...stripeSettings,
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Serve the demo app at `/` and keep a demo cinema with showtimes of today. */
  DEMO: flag.optional(),
  /** Buyers of no flesh for the demo cinema, in development only and on a node that is alone. */
  DEMO_CROWD: flag.default(true),
  /** Take the built-in payment that moves no money. */
  TEST_PAYMENTS: flag.optional(),
  /** Web origins that may use this node from a browser, separated by commas; its own always may. `*`: all. */
  ALLOWED_ORIGINS: list.pipe(z.array(origin)).default([]),
  HOLD_TTL_MS: timerMs.default(5 * 60_000),
  SEATS_PER_HOLD: positive.max(100).default(10),
  HOLDS_PER_HOLDER: positive.default(4),
  EXTENSIONS_PER_HOLD: count.default(1),
  /** Of one showtime at once, by all who log in to one account; 0 sets no limit, here and in the next ones. */
  SEATS_HELD_PER_ACCOUNT: count.default(40),
  HOLDS_PER_ACCOUNT: count.default(4),
  BOOKINGS_PER_ACCOUNT: count.default(0),
  /** By all who come from one address: a household, a firm, a phone network. */
  SEATS_HELD_PER_ADDRESS: count.default(100),
  HOLDS_PER_ADDRESS: count.default(50),
  BOOKINGS_PER_ADDRESS: count.default(0),
  /** For how long the same person may hold the same seat in a row without booking it; 0 sets no limit. */
  SEAT_HELD_MS_MAX: count.max(2 ** 31 - 1).default(30 * 60_000),
  /** How long the seat must be free of the person then. */
  SEAT_REST_MS: count.default(10 * 60_000),
  SINGLE_GAP: z.enum(['off', 'lenient', 'strict']).default('lenient'),
  DISTANCING: count.default(0),
  /** From the start of a showtime to the end of its sales, for those that set none of their own; below 0: before it. */
  SALES_GRACE_MS: z.coerce
    .number()
    .int()
    .min(-31 * 86_400_000)
    .max(31 * 86_400_000)
    .default(15 * 60_000),
  /** Whether a hold that runs when sales end by time may still be booked. */
  BOOK_AFTER_CLOSE: flag.default(true),
  /** How often it is looked whether prices, rules or sales of what runs here were changed elsewhere. */
  TERMS_CHECK_MS: timerMs.default(5_000),
  MESSAGES_PER_SECOND: positive.default(20),
  /** Of one address, over HTTP. */
  HTTP_REQUESTS_PER_SECOND: positive.default(200),
  /** New sockets of one address; many people may share one, behind the router of a firm or a phone network. */
  SOCKETS_PER_SECOND: positive.default(1_000),
  /** New guest sessions of one address, over HTTP. */
  SESSIONS_PER_SECOND: positive.default(20),
  /** Proxies of ours in front of the node: so many entries at the end of X-Forwarded-For are believed. */
  PROXY_HOPS: count.max(10).default(0),
  FRAME_BYTES_MAX: positive
    .min(1024)
    .max(1024 * 1024)
    .default(16 * 1024),
  SOCKETS_MAX: positive.default(50_000),
  HEARTBEAT_MS: timerMs.default(15_000),
  HELLO_MS_MAX: timerMs.default(5_000),
  COMMIT_WAIT_MS_MAX: timerMs.default(3_000),
  PASSIVATE_AFTER_MS: timerMs.default(10 * 60_000),
  REPLAY_WINDOW_MS: positive.default(15 * 60_000),
  /** How long what happened to seats is kept. */
  SEAT_HISTORY_DAYS: positive.max(36_500).default(400),
  /** Parts of the service that this node does without, separated by commas: see src/decisions/0012. */
  TOGGLES_OFF: list.pipe(z.array(z.enum(TOGGLES))).default([]),
  /** How often memory, cache and Postgres are compared, and how often stuck rows are looked for. */
  RECONCILE_MS: timerMs.default(60_000),
  STUCK_CHECK_MS: timerMs.default(5 * 60_000),
  DRAIN_MS_MAX: timerMs.default(5_000),
  ...ticketSettings,
  ...reportsSettings,
  ...waitlistSettings,
  ...orderSettings,
  ...scheduleSettings,
});

type Environment = z.infer<typeof environment>;

export type Config = Readonly<ReturnType<typeof arrange>>;
export type ClusterConfig = Readonly<ReturnType<typeof clusterOf>>;

/**
 * @throws Error that names every setting at fault and what is wrong with it, never its value: it may be a secret.
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable counts as absent: that is how compose files and shells leave things out.
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment has settings that cannot be used:\n${faults.join('\n')}`);
  }
  const config = arrange(parsed.data);
  if (config.production && config.tokenSecret === undefined) {
    throw new Error(`Set TOKEN_SECRET (at least ${TOKEN_SECRET_LENGTH_MIN} characters): production makes none up.`);
  }
  for (const [name, secret] of [
    ['TOKEN_SECRET', config.tokenSecret],
    ['TICKET_SECRET', config.tickets.secret],
    ['CLUSTER_SECRET', config.cluster?.link.secret],
  ] as const) {
    if (config.production && secret !== undefined && new Set(secret).size < TOKEN_SECRET_LETTERS_MIN) {
      throw new Error(`${name} can be guessed: take random characters, such as \`openssl rand -base64 48\` makes.`);
    }
  }
  if (config.production && config.access.issuers.some(({ jwksUrl }) => !jwksUrl.startsWith('https:'))) {
    throw new Error(
      'EXTERNAL_ISSUERS has a jwksUrl without https: whoever is on the way could put in keys of their own.',
    );
  }
  const fault = config.production && !config.testPayments && config.stripe ? stripeFault(config.stripe) : undefined;
  const mailing = config.production && config.smtp.url !== undefined ? mailFault(config.accounts) : undefined;
  if (fault !== undefined || mailing !== undefined) throw new Error(fault ?? mailing);
  if (config.cluster && (config.databaseUrl === undefined || config.tokenSecret === undefined)) {
    // Each with a Postgres of its own, two nodes would sell the same showtime twice; with secrets of their own, each would
    // turn away whom the other let in.
    throw new Error('With REDIS_URL set DATABASE_URL and TOKEN_SECRET too: the nodes of a cluster share them.');
  }
  return Object.freeze(config);
}

function clusterOf(env: Environment, redisUrl: string) {
  const detectionMs = env.CLUSTER_DETECTION_MS;
  return {
    redisUrl,
    name: env.CLUSTER_NAME,
    weight: env.NODE_WEIGHT,
    beatMs: env.CLUSTER_BEAT_MS,
    detectionMs,
    // Stops telling of what it owns before others may take it.
    leaseMs: Math.floor((detectionMs * 2) / 3),
    freezeMs: 3 * detectionMs,
    hotWatchers: env.HOT_WATCHERS,
    link: {
      isOn: env.DIRECT_LINKS,
      host: env.LINK_HOST,
      port: env.LINK_PORT ?? 0,
      address: env.LINK_ADDRESS,
      secret: env.CLUSTER_SECRET,
    },
  };
}

function limitsOf(env: Environment) {
  return {
    seatsHeldPerAccount: env.SEATS_HELD_PER_ACCOUNT,
    holdsPerAccount: env.HOLDS_PER_ACCOUNT,
    bookingsPerAccount: env.BOOKINGS_PER_ACCOUNT,
    seatsHeldPerAddress: env.SEATS_HELD_PER_ADDRESS,
    holdsPerAddress: env.HOLDS_PER_ADDRESS,
    bookingsPerAddress: env.BOOKINGS_PER_ADDRESS,
    seatHeldMsMax: env.SEAT_HELD_MS_MAX,
    seatRestMs: env.SEAT_REST_MS,
  };
}

function arrange(env: Environment) {
  const production = env.NODE_ENV === 'production';
  return {
    production,
    /** Whether HTTP answers are held against their schemas. */
    checkAnswers: env.NODE_ENV === 'test',
    host: env.HOST,
    port: env.PORT,
    sharedPort: env.SHARED_PORT,
    metrics: env.METRICS_PORT === undefined ? undefined : { port: env.METRICS_PORT, host: env.METRICS_HOST },
    publicUrl: env.PUBLIC_URL,
    nodeName: env.NODE_NAME,
    dataDirectory: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    databaseConnections: env.DATABASE_CONNECTIONS,
    tokenSecret: env.TOKEN_SECRET,
    guestTtlMs: env.GUEST_TTL_MS,
    access: {
      tokenTtlMs: env.ACCESS_TOKEN_TTL_MS,
      issuers: env.EXTERNAL_ISSUERS,
      revocationsMs: env.REVOCATIONS_MS,
      signingKeyMs: env.SIGNING_KEY_DAYS * 86_400_000,
    },
    accounts: {
      sessionTtlMs: env.SESSION_DAYS * 86_400_000,
      staffSessionTtlMs: env.STAFF_SESSION_HOURS * 3_600_000,
      failuresPerAccount: env.LOG_IN_FAILURES_PER_ACCOUNT,
      failuresPerAddress: env.LOG_IN_FAILURES_PER_ADDRESS,
      mailsPerAccount: env.MAILS_PER_ACCOUNT,
      mailsPerAddress: env.MAILS_PER_ADDRESS,
      siteUrl: (env.SITE_URL ?? env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
      mailFrom: env.MAIL_FROM,
      // Tests share their cores with others; there log-ins behind all of them would take a minute.
      hashing: env.NODE_ENV === 'test' ? { nice: 0 } : {},
    },
    staffMail: { to: env.STAFF_EMAIL, locale: env.STAFF_LOCALE },
    smtp: { url: env.SMTP_URL, connections: env.SMTP_CONNECTIONS },
    jobs: { isOn: env.JOBS, concurrency: env.JOB_CONCURRENCY },
    loyalty: {
      pointsPer100: env.LOYALTY_POINTS_PER_100,
      pointValue: env.LOYALTY_POINT_VALUE,
      currency: env.LOYALTY_CURRENCY,
    },
    webhooks: {
      allowPrivate: env.WEBHOOKS_ALLOW_PRIVATE,
      perEndpoint: env.WEBHOOKS_PER_ENDPOINT,
      failingMs: env.WEBHOOKS_FAILING_HOURS * 3_600_000,
    },
    logLevel: env.LOG_LEVEL,
    demo: env.DEMO ?? !production,
    demoCrowd: env.DEMO_CROWD && env.DEMO !== false && env.NODE_ENV === 'development' && env.REDIS_URL === undefined,
    testPayments: env.TEST_PAYMENTS ?? !production,
    stripe: stripeConfigOf(env),
    allowedOrigins: env.ALLOWED_ORIGINS,
    rules: {
      holdTtlMs: env.HOLD_TTL_MS,
      seatsPerHold: env.SEATS_PER_HOLD,
      holdsPerHolder: env.HOLDS_PER_HOLDER,
      extensionsPerHold: env.EXTENSIONS_PER_HOLD,
      limits: limitsOf(env),
      singleGap: env.SINGLE_GAP,
      distancing: env.DISTANCING,
      bookAfterClose: env.BOOK_AFTER_CLOSE,
      salesGraceMs: env.SALES_GRACE_MS,
    },
    live: {
      messagesPerSecond: env.MESSAGES_PER_SECOND,
      frameBytes: env.FRAME_BYTES_MAX,
      heartbeatMs: env.HEARTBEAT_MS,
      helloMsMax: env.HELLO_MS_MAX,
      socketsMax: env.SOCKETS_MAX,
      unreadBytesMax: 64 * 1024,
    },
    rates: {
      requests: env.HTTP_REQUESTS_PER_SECOND,
      sockets: env.SOCKETS_PER_SECOND,
      sessions: env.SESSIONS_PER_SECOND,
      commands: env.MESSAGES_PER_SECOND,
    },
    proxyHops: env.PROXY_HOPS,
    cluster: env.REDIS_URL === undefined ? undefined : clusterOf(env, env.REDIS_URL),
    commitWaitMsMax: env.COMMIT_WAIT_MS_MAX,
    passivateAfterMs: env.PASSIVATE_AFTER_MS,
    replayWindowMs: env.REPLAY_WINDOW_MS,
    seatHistoryDays: env.SEAT_HISTORY_DAYS,
    togglesOff: env.TOGGLES_OFF,
    termsCheckMs: env.TERMS_CHECK_MS,
    reconcileMs: env.RECONCILE_MS,
    stuckCheckMs: env.STUCK_CHECK_MS,
    drainMsMax: env.DRAIN_MS_MAX,
    schedules: {
      reminderHours: env.REMINDER_HOURS,
      holdEndingMs: env.HOLD_ENDING_MS,
      pastShowtimeDays: env.PAST_SHOWTIME_DAYS,
      archiveDays: env.ARCHIVE_DAYS,
      personalDataDays: env.PERSONAL_DATA_DAYS,
    },
    reports: { replicaUrl: env.DATABASE_REPLICA_URL, statementMsMax: env.REPORT_MS_MAX },
    tickets: ticketConfig(env),
    waitlist: waitlistOf(env),
    orders: { paymentTtlMs: env.PAYMENT_TTL_MS, underWayMax: env.ORDERS_UNDER_WAY },
  };
}
