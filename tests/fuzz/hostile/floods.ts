import { setTimeout as sleep } from 'node:timers/promises';
import { LoadSocket } from '../../../bench/load/load-socket.js';
import { Tally } from '../oracle/tally.js';
import { RawPeer, upgradeRequest } from '../target/raw-peer.js';
import { Target } from '../target/target.js';
import { messageBytes } from '../wire/frame-bytes.js';
import { fetchTwice } from './fetch-twice.js';
import type { Hostile } from './hostile.js';

/** As PROTOCOL.md has them "usually"; but for the sockets, of which fewer make a flood here. */
const USUAL_RATES = {
  MESSAGES_PER_SECOND: '20',
  HTTP_REQUESTS_PER_SECOND: '200',
  SOCKETS_PER_SECOND: '200',
  SESSIONS_PER_SECOND: '20',
};

/** Too much of everything, from one address: told so with a word and a code, and let in again soon after. */
export const floods: Hostile = async (_target, violations, scale) => {
  // A server with the rates that the one under attack has not.
  const target = await Target.start(USUAL_RATES);
  try {
    const { id } = await target.openShowtime(100);
    const sockets = await floodOfSockets(target, id, scale === 'whole' ? 3_000 : 500);
    if (sockets.of('4100') === 0) violations.add(`floods: no socket was refused: ${sockets}`);
    if (sockets.of('no word') > 0) violations.add(`floods: ${sockets.of('no word')} were closed with 4100 and no word`);
    await sleep(2_000);
    const after = await floodOfSockets(target, id, 1);
    if (after.of('welcome') !== 1) violations.add(`floods: a socket after the flood had ${after}`);
    const messages = await floodOfMessages(target, id);
    if (!/"rate_limited"/.test(messages) || !messages.includes('4100'))
      violations.add('floods: messages were not stopped');
    const requests = await floodOfRequests(target, 600);
    if (requests.of(429) === 0 || requests.of(200) === 0) violations.add(`floods: requests had ${requests}`);
    if (requests.of('429 without Retry-After') > 0) violations.add('floods: 429 without Retry-After');
    await sleep(2_000);
    const answer = await fetchTwice(`${target.server.url}/v1/movies`);
    if (!answer.ok) violations.add(`floods: a request after the flood had ${answer.status}`);
    const { faults } = target.log();
    for (const fault of faults.slice(0, 3)) violations.add(`floods: the log has ${fault}`);
    return `sockets: ${sockets}; messages: ${messages}; requests: ${requests}`;
  } finally {
    const exit = await target.stop();
    if (exit !== 0) violations.add(`floods: the server ended with ${exit}`);
  }
};

async function floodOfSockets(target: Target, showtimeId: string, count: number): Promise<Tally> {
  const tally = new Tally();
  const one = () =>
    new Promise<void>((resolve) => {
      let told = '';
      const socket = new LoadSocket(
        { host: '127.0.0.1', port: target.port, path: `/v1/showtimes/${showtimeId}/live` },
        {
          open: () => socket.sendText('{"type":"hello"}'),
          message: (payload) => {
            told = payload.toString('utf8');
            if (!told.startsWith('{"type":"snapshot"')) return;
            tally.add('welcome');
            socket.close(1000);
          },
          closed: (code) => {
            if (code !== 1000) tally.add(code);
            if (code === 4100 && !(told.includes('"rate_limited"') && told.includes('retryAfterMs')))
              tally.add('no word');
            resolve();
          },
        },
      );
    });
  await Promise.all(Array.from({ length: count }, one));
  return tally;
}

/** A thousand questions in one breath. @returns how they were answered, and with what the socket was closed. */
async function floodOfMessages(target: Target, showtimeId: string): Promise<string> {
  const peer = new RawPeer(target.port);
  peer.socket.write(upgradeRequest(target.port, showtimeId));
  await peer.until((received) => received.includes('\r\n\r\n'), 5_000);
  peer.socket.write(messageBytes(Buffer.from('{"type":"hello"}'), false));
  await peer.until((received) => received.includes('"snapshot"'), 5_000);
  const asks = Array.from({ length: 1_000 }, (_, id) => messageBytes(Buffer.from(`{"type":"ping","id":${id}}`), false));
  peer.socket.write(Buffer.concat(asks));
  await peer.ended(10_000);
  const text = peer.received.toString('latin1');
  const limited = text.split('"rate_limited"').length - 1;
  const code = peer.received.includes(Buffer.from([0x10, 0x04])) ? '4100' : 'no close';
  return `${text.split('"ok":true').length - 1} answered, ${limited} "rate_limited", closed with ${code}`;
}

async function floodOfRequests(target: Target, count: number): Promise<Tally> {
  const tally = new Tally();
  await Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await fetchTwice(`${target.server.url}/v1/movies`);
      tally.add(answer.status);
      if (answer.status === 429 && !answer.headers.has('retry-after')) tally.add('429 without Retry-After');
      await answer.arrayBuffer();
    }),
  );
  return tally;
}
