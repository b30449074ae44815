/** uWebSockets.js and nothing else: every message goes back as it came. What no server on this machine can exceed. */
import uWS from 'uWebSockets.js';

uWS
  .App()
  .ws('/*', {
    compression: uWS.DISABLED,
    maxPayloadLength: 64 * 1024,
    message: (socket, bytes, isBinary) => {
      socket.send(bytes, isBinary);
    },
  })
  .get('/readyz', (response) => {
    response.end('ready');
  })
  .listen(process.env['HOST'] ?? '127.0.0.1', Number(process.env['PORT']), (listening) => {
    if (!listening) process.exit(1);
  });
