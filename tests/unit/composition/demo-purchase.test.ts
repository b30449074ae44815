import { expect, it } from 'vitest';
import { randomIds } from '../../../src/adapters/random-ids.js';
import { buy } from '../../../src/composition/demo-purchase.js';
import type { Command } from '../../../src/core/command.js';
import type { Host } from '../../../src/runtime/host.js';
import type { Recipient, Submission } from '../../../src/runtime/outcome.js';
import { hall } from '../../integration/gateway/hall.js';

it('a party whose wish may have been granted wishes again under another id of the hold', async () => {
  const asked: Command[] = [];
  const host = {
    terms: { map: { data: hall(2, 4) }, rules: { currency: 'EUR' } },
    submit: ({ command }: Submission, recipient: Recipient) => {
      asked.push(command);
      recipient.reply(1, { ok: false, failure: 'outcome_unknown' }, false);
    },
  } as unknown as Host;
  const party = { holder: 'demo:1', seats: 2, taste: 0.5, pays: true };
  await buy(host, party, 0, { ids: randomIds(() => 0), wait: async () => {} });
  expect(asked).toHaveLength(2);
  expect(new Set(asked.map((command) => 'newHoldId' in command && command.newHoldId)).size).toBe(2);
});
