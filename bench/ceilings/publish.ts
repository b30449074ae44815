/**
 * uWebSockets.js and nothing else: every socket subscribes to one topic when it opens, and `/publish?bytes=…&tickMs=…`
 * has one frame of that size published each tick, until `/quiet`.
 */
import uWS from 'uWebSockets.js';

const TOPIC = 'house';
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
let timer: NodeJS.Timeout | undefined;

const app = uWS
  .App()
  .ws('/*', {
    compression: uWS.DISABLED,
    maxBackpressure: UNREAD_BYTES_MAX,
    idleTimeout: 60,
    sendPingsAutomatically: true,
    open: (socket) => {
      socket.subscribe(TOPIC);
    },
  })
  .get('/publish', (response, request) => {
    const frame = new Uint8Array(Number(request.getQuery('bytes'))).fill(1);
    const tickMs = Number(request.getQuery('tickMs'));
    clearTimeout(timer);
    const tick = () => {
      const startedAt = performance.now();
      app.publish(TOPIC, frame, true);
      timer = setTimeout(tick, Math.max(0, startedAt + tickMs - performance.now()));
    };
    tick();
    response.end('publishing');
  })
  .get('/quiet', (response) => {
    clearTimeout(timer);
    response.end('quiet');
  })
  .get('/readyz', (response) => {
    response.end('ready');
  });

app.listen(process.env['HOST'] ?? '127.0.0.1', Number(process.env['PORT']), (listening) => {
  if (!listening) process.exit(1);
});
