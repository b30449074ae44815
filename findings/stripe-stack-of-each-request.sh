#!/bin/sh
# One expects: a request of the Stripe library that succeeds makes no stack trace; traces cost something only where something failed.
# What happens: it writes the stack of a `new Error()` for each request, also for those that succeed. Under Node's
#   --enable-source-maps, which servers run with so that traces name their TypeScript, each frame is then looked up in the source
#   map: this run prints what that adds to a request.
# Since: seen in stripe 23.1.0 on Node 20.20.2, on 2026-11-30.
# Whom it hurts: servers that are bundled, have source maps, and make many payments a second on one event loop.
# Right: nothing by configuration. Count it when you size a node, or keep source maps for the reading of logs.
# Source: this run.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund stripe@23.1.0 esbuild@0.28.2 >/dev/null
cat >run.ts <<'JS'
import { createServer } from 'node:http';
import Stripe from 'stripe';

const REQUESTS = 300;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{"id":"pi_1","object":"payment_intent","status":"succeeded"}');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
const { port } = server.address() as { port: number };
const stripe = new Stripe('sk_test_1', { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
const pay = async (times: number) => {
  for (let i = 0; i < times; i++) await stripe.paymentIntents.create({ amount: 100, currency: 'eur' });
};
await pay(REQUESTS);
const before = process.cpuUsage();
await pay(REQUESTS);
const { user, system } = process.cpuUsage(before);
const perRequest = Math.round((user + system) / REQUESTS);
let stacks = 0;
Error.prepareStackTrace = (error) => {
  stacks++;
  return String(error);
};
await pay(REQUESTS);
console.log(JSON.stringify({ perRequest, stacks: stacks / REQUESTS }));
server.closeAllConnections();
server.close();
JS
npx esbuild run.ts --bundle --platform=node --format=esm --sourcemap --outfile=run.mjs --log-level=error \
  --banner:js="import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
plain=$(node run.mjs)
mapped=$(node --enable-source-maps run.mjs)
echo "stripe $(node -p "require('./node_modules/stripe/package.json').version")"
echo "plain:                 $plain (µs of a core a request, stack traces a request)"
echo "--enable-source-maps:  $mapped"
if node -e 'process.exit(process.argv.slice(1).every((run) => JSON.parse(run).stacks >= 1) ? 0 : 1)' "$plain" "$mapped"; then
  echo 'as recorded'
else
  echo CHANGED
  exit 1
fi
