/** uWebSockets.js and nothing else: every GET is answered by the same HELLO_BYTES bytes. */
import uWS from 'uWebSockets.js';

const hello = new Uint8Array(Number(process.env['HELLO_BYTES'])).fill(0x20);

uWS
  .App()
  .get('/readyz', (response) => {
    response.end('ready');
  })
  .get('/hello', (response) => {
    response.writeHeader('content-type', 'application/json').end(hello);
  })
  .listen(process.env['HOST'] ?? '127.0.0.1', Number(process.env['PORT']), (listening) => {
    if (!listening) process.exit(1);
  });
