/** How the box office asks houses: it asks again for a bounded time, and never calls undone what may have been done. */
import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Outcome } from '../../../src/boxoffice/house-desk-port.js';
import { HostedDesk } from '../../../src/composition/house-desk.js';
import type { NotOpened, Opened } from '../../../src/runtime/directory.js';
import type { Host } from '../../../src/runtime/host.js';
import type { Recipient, Submission } from '../../../src/runtime/outcome.js';

const COMMAND = { type: 'return_hold', holder: 'ann', holdId: 'h', orderId: 'o', expiresAt: 0 } as const;
const DONE: Outcome = { ok: true, type: 'seats', seats: [] };
const EXPIRED: Outcome = { ok: false, refusal: { code: 'hold_expired' } };
const failed = (failure: Extract<Outcome, { failure: unknown }>['failure'], retryAfterMs?: number): Outcome =>
  retryAfterMs === undefined ? { ok: false, failure } : { ok: false, failure, retryAfterMs };

type Try = Outcome | 'silence' | NotOpened['reason'];

/** What becomes of a command where the tries come to these, in turn; the last of them to all that follow. */
async function ask(...tries: Try[]) {
  const time = new VirtualTime();
  const sent: Submission[] = [];
  const recipients: Recipient[] = [];
  const desk = new HostedDesk({ clock: time, timers: time, askMsMax: 10_000, answerMsMax: 3_000 });
  const submit = (submission: Submission, recipient: Recipient, outcome: Try) => {
    sent.push(submission);
    recipients.push(recipient);
    if (typeof outcome === 'object') recipient.reply(submission.requestId, outcome as never, false);
  };
  desk.bind({
    async open(): Promise<Opened> {
      const next = tries.length > 1 ? tries.shift() : tries[0];
      if (typeof next === 'string' && next !== 'silence') return { ok: false, reason: next };
      const host = { submit: (submission, recipient) => submit(submission, recipient, next ?? 'silence') } as Host;
      return { ok: true, host } as Opened;
    },
  });
  let outcome: Outcome | undefined;
  void desk.ask('s', COMMAND, 'c').then((answer) => {
    outcome = answer;
  });
  await time.advance(0);
  const atOnce = outcome;
  while (outcome === undefined && (await time.step()));
  return { outcome, atOnce, sent, recipients, ms: time.now() };
}

describe('the desk of the box office', () => {
  it.each([
    ['an effect', DONE],
    ['a refusal', EXPIRED],
  ] as const)('gives %s as it comes', async (_, answer) => {
    const { atOnce, sent } = await ask(answer);
    expect(atOnce).toEqual(answer);
    expect(sent).toEqual([{ requestId: 1, commandId: 'c', command: COMMAND, again: true }]);
  });

  it('asks again with the same id where the house moves, is away or does not know', async () => {
    const { outcome, sent, ms } = await ask('moving', failed('unavailable', 400), failed('outcome_unknown', 100), DONE);
    expect(outcome).toEqual(DONE);
    expect(sent.map(({ commandId, again }) => [commandId, again])).toEqual([
      ['c', true],
      ['c', true],
      ['c', true],
    ]);
    expect(ms).toBe(20 + 400 + 100);
  });

  it('asks again where no answer comes at all', async () => {
    const { outcome, ms } = await ask('silence', DONE);
    expect([outcome, ms]).toEqual([DONE, 3_000 + 1_000]);
  });

  it('gives up after its bound, with what it last heard', async () => {
    const { outcome, ms } = await ask(failed('unavailable', 1_000));
    expect(outcome).toEqual(failed('unavailable', 1_000));
    expect(ms).toBeLessThan(10_000);
  });

  it.each([['moving'], ['unavailable'], ['overloaded']] as const)(
    'does not take %s for undone where an earlier try may have taken effect',
    async (reason) => {
      const { outcome } = await ask(failed('outcome_unknown', 100), reason);
      expect(outcome).toMatchObject({ failure: 'outcome_unknown' });
    },
  );

  it('does not ask again where that is of no use', async () => {
    for (const reason of ['unknown_showtime', 'internal', 'command_reused'] as const) {
      const { atOnce } = await ask(reason === 'unknown_showtime' ? reason : failed(reason));
      expect(atOnce).toEqual({ ok: false, failure: reason });
    }
  });

  it('asks as itself, and not as the holder: nobody can spoil its ids', async () => {
    const { recipients } = await ask(DONE);
    expect(recipients.map(({ holder }) => holder)).toEqual(['usher:box-office']);
  });

  it('has no house to ask before it is bound', async () => {
    const time = new VirtualTime();
    const desk = new HostedDesk({ clock: time, timers: time, askMsMax: 10 });
    expect(await desk.ask('s', COMMAND, 'c')).toEqual({ ok: false, failure: 'unavailable' });
    expect(await desk.open('s')).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });
});
