import { stripeClient } from '../../src/boxoffice/payments/stripe/stripe-client.js';
import { stripeProvider } from '../../src/boxoffice/payments/stripe/stripe-provider.js';
import { StripeStandIn } from '../kit/stripe/stripe-stand-in.js';
import { silentLog } from '../silent-log.js';
import { paymentProviderSuite } from './payment-provider-suite.js';

paymentProviderSuite('Stripe', async () => {
  const standIn = await StripeStandIn.start({ secret: 'whsec_of_the_tests' });
  const config = { secretKey: 'sk_test_of_the_tests', isLive: false, webhookSecrets: [], account: undefined };
  const stripe = stripeClient({ ...config, apiBase: standIn.url });
  return {
    provider: stripeProvider(stripe, silentLog),
    details: {
      succeeds: { paymentMethod: 'pm_card_visa' },
      declines: { paymentMethod: 'pm_card_chargeDeclined' },
      waits: { paymentMethod: 'pm_card_authenticationRequired' },
    },
    answer: async (providerRef, isConfirmed) => {
      await fetch(`${standIn.url}/v1/payment_intents/${providerRef}/buyer`, {
        method: 'POST',
        body: new URLSearchParams({ confirmed: `${isConfirmed}` }),
        headers: { authorization: 'Bearer sk_test_of_the_tests' },
      });
    },
    close: () => standIn.close(),
  };
});
