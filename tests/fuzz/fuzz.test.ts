import { expect, it } from 'vitest';
import { frameOf } from './frames/frame.js';
import { EMPTY_GRIP } from './frames/valid-message.js';
import { fuzz } from './fuzz-run.js';

const FRAMES = 20_000;
const REQUESTS = 2_000;

it(`${FRAMES} frames and ${REQUESTS} requests are answered as PROTOCOL.md says, and no seat changes unasked`, async () => {
  const said: string[] = [];
  const seed = Math.floor(Math.random() * 2 ** 31);
  const say = (line: string) => said.push(line);
  const plan = { frames: FRAMES, requests: REQUESTS, sockets: 100, seed, hostile: 'none', memory: false, say } as const;
  const wrong = await fuzz(plan);
  expect(wrong, `seed ${seed}\n${said.join('\n')}`).toEqual([]);
  // It came far: commands took effect, and others were refused for what they asked.
  const answers = said.find((line) => line.startsWith('answers: ')) ?? '';
  for (const reached of [
    'ok',
    'invalid_field',
    'bad_message',
    'seats_unavailable',
    'command_reused',
    'hello_expected',
  ]) {
    expect(answers).toContain(`${reached} `);
  }
});

it('the same seed gives the same frames', () => {
  const frames = (seed: number) =>
    Array.from({ length: 2_000 }, (_, number) => frameOf(seed, number, EMPTY_GRIP).payload.toString('hex'));
  expect(frames(7)).toEqual(frames(7));
  expect(frames(7)).not.toEqual(frames(8));
});
