import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Requests as they are sent, one after another on one connection, and all that came back: what fetch does not let through. */
export async function talk(port: number, ...requests: string[]): Promise<string> {
  let answer = '';
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.on('data', (data) => {
    answer += data.toString('latin1');
  });
  for (const request of requests) {
    socket.write(request, 'latin1');
    await sleep(40);
  }
  // On a busy machine the answer takes longer. Where none is to come, this is how long nothing came.
  for (let waits = 0; answer === '' && !socket.destroyed && waits < 50; waits++) await sleep(20);
  socket.destroy();
  return answer;
}

/** Sends a request and is gone at once. */
export function leave(port: number, request: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(request, 'latin1', () => socket.resetAndDestroy());
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

/** A request line and its headers. */
export const lines = (...parts: string[]) => `${parts.join('\r\n')}\r\n\r\n`;
