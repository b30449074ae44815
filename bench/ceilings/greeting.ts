/** uWebSockets.js and nothing else: the first message of a socket is answered by one frame of GREETING_BYTES. */
import uWS from 'uWebSockets.js';

const greeting = new Uint8Array(Number(process.env['GREETING_BYTES'])).fill(1);

uWS
  .App()
  .ws('/*', {
    compression: uWS.DISABLED,
    message: (socket) => {
      socket.send(greeting, true);
    },
  })
  .get('/readyz', (response) => {
    response.end('ready');
  })
  .listen(process.env['HOST'] ?? '127.0.0.1', Number(process.env['PORT']), (listening) => {
    if (!listening) process.exit(1);
  });
