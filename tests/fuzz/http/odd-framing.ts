import type { Dice } from '../frames/dice.js';
import type { HttpGrip } from './endpoints.js';
import type { HttpCase } from './http-case.js';

/** Heads and bodies that do not say where they end, or say it twice. `sound` ones are whole by RFC 9112 all the same. */
export function oddFraming(dice: Dice, { showtimeId }: HttpGrip): HttpCase {
  const post = (lines: string, body = '') => `POST /v1/sessions HTTP/1.1\r\nHost: x\r\n${lines}\r\n${body}`;
  const get = (lines: string, version = '1.1') => `GET /v1/showtimes/${showtimeId} HTTP/${version}\r\n${lines}\r\n`;
  const cases: readonly (readonly [text: string, sound: boolean])[] = [
    [post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'), true],
    [post('Transfer-Encoding: chunked\r\n', `${'1\r\n \r\n'.repeat(500)}0\r\n\r\n`), true],
    [post('Transfer-Encoding: chunked\r\n', '2;name=value\r\n{}\r\n0\r\n\r\n'), false],
    [post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n'), false],
    [post('Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n'), false],
    [post('Transfer-Encoding: chunked\r\n', 'ffffffffffffffff\r\n{}'), false],
    [post('Transfer-Encoding: chunked\r\n', '-1\r\n{}\r\n0\r\n\r\n'), false],
    [post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), false],
    [post('Transfer-Encoding: identity\r\n', '{}'), false],
    [post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), false],
    [post('Content-Length: -1\r\n'), false],
    [post('Content-Length: 0x10\r\n', '{}'), false],
    [post('Content-Length: 99999999999999999999999\r\n', '{}'), false],
    [post('Content-Length: 18446744073709551615\r\n', '{}'), false],
    [post('Content-Length: 2, 2\r\n', '{}'), false],
    [post('Content-Length: 0\r\nContent-Length: 5\r\n', 'GET /'), false],
    [post('Content-Length: 1000\r\n', '{}'), false],
    [post('Content-Length:\r\n'), false],
    [post('Expect: 100-continue\r\nContent-Length: 2\r\n', '{}'), true],
    [get('Host: x\r\nContent-Length: 5\r\n').concat('hello'), true],
    [get(''), false],
    [get('Host: x\r\n', '1.0'), false],
    [get('Host: x\r\n', '2.0'), false],
    [get('Host: x\r\n', '9'), false],
    [get('Host: x\r\nA: b\r\n c: folded\r\n'), false],
    [get('Host : x\r\n'), false],
    // A name that RFC 9110 allows and the library does not know.
    [get('Host: x\r\n__proto__: 1\r\n'), false],
    [get('Host: x\r\nNo colon\r\n'), false],
    [get('Host: x\r\n: no name\r\n'), false],
    [get('Host: x\r\nOrigin: \u0001\r\n'), false],
    [get('Host: x\r\nX: a\u0000b\r\n'), false],
    [get(`Host: x\r\n${'A: b\r\n'.repeat(dice.pick([90, 200, 1_000]))}`), false],
    [get(`Host: x\r\nX: ${'a'.repeat(dice.pick([20_000, 70_000]))}\r\n`), false],
    [get('Host: x\r\n').replaceAll('\r\n', '\n'), false],
    ['GET /healthz\r\n\r\n', false],
    ['GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n', false],
    ['CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', false],
    ['OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', false],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', false],
    ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', false],
    ['\r\n\r\n\r\n', false],
    [dice.bytes(1 + dice.below(300)).toString('latin1'), false],
  ];
  const [text, sound] = dice.pick(cases);
  const bytes = Buffer.from(text, 'latin1');
  return { kind: 'odd framing', bytes, heads: [false], sound, command: undefined, leaves: false };
}
