import { connect } from 'node:net';

const WAIT_MS_MAX = 2_000;

/**
 * Writes these bytes to the port and resolves with what came back, one character a byte: as soon as an answer is whole,
 * the connection is closed, or nothing came for long. For what fetch does not let through.
 */
export function rawRequest(
  port: number,
  request: string,
): Promise<{ status: number; answer: string; closed: boolean }> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
    const settle = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), answer, closed });
    };
    const timer = setTimeout(settle, WAIT_MS_MAX, false);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined ? body.length >= Number(length) : /^HTTP\/1\.1 (101|204|304)/.test(answer))
        settle(false);
    });
    socket.on('error', () => {});
    socket.on('close', () => settle(true));
  });
}

/** A request line and its headers. */
export const head = (...parts: string[]) => `${parts.join('\r\n')}\r\n\r\n`;
