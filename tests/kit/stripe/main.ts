import { parseArgs } from 'node:util';
import { StripeStandIn } from './stripe-stand-in.js';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { port: text, secret: text, webhook: text, file: text } });
const standIn = await StripeStandIn.start({
  secret: values.secret ?? 'whsec_stand_in_secret',
  port: Number(values.port ?? 12_111),
  ...(values.webhook === undefined ? {} : { webhookUrl: values.webhook }),
  ...(values.file === undefined ? {} : { file: values.file }),
});
process.stdout.write(`The stand-in of Stripe is at ${standIn.url}\n`);
