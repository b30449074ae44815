#!/bin/sh
# One expects: `shadowRoot.innerHTML = '<form>…'` in a custom element's constructor makes a form, wherever the element stands.
# What happens: where the element stands inside a form of the page when its class is defined (an upgrade, as of all markup whose
#   script comes later), the parser drops the inner form tag without an error and keeps what is in it. Defined before the
#   markup, the same class keeps its form, since its constructor runs before the element is inserted: it depends on the order of
#   script and markup.
# Since: the standard's fragment algorithm: the "form element pointer" is the nearest form around the host, although a shadow
#   tree is no part of that form. Seen in Chromium 156.0.8078.108 with playwright-core 1.65.1, on 2026-11-29.
# Whom it hurts: custom elements with a form in their shadow tree, once somebody writes them as markup inside a form.
# Right: parse into a <template>, whose content has no form around it, and append it.
# Source: https://html.spec.whatwg.org/multipage/parsing.html#parsing-html-fragments (the step on the form element pointer),
#   and this run.
# Needs a Chromium: CHROMIUM, or in the usual places.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1 >/dev/null
cat >run.mjs <<'JS'
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
const places = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => path !== '' && existsSync(path));
if (!executablePath) throw new Error('No Chromium was found: set CHROMIUM.');
const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
console.log('Chromium', browser.version());
const definition = (way) => `<script>
  customElements.define('x-host', class extends HTMLElement {
    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      const template = document.createElement('template');
      ('${way}' === 'template' ? template : root).innerHTML = '<form></form>';
      root.append(template.content);
      window.found = root.querySelector('form') !== null;
    }
  });
</script>`;
const hasForm = async (html) => {
  // A page of its own each: a class can be defined once.
  const page = await browser.newPage();
  await page.setContent(html);
  const found = await page.evaluate('found');
  await page.close();
  return found;
};
const inForm = '<form><x-host></x-host></form>';
const seen = {
  'outside a form, defined after the markup': await hasForm(`<x-host></x-host>${definition('innerHTML')}`),
  'inside a form, defined after the markup': await hasForm(inForm + definition('innerHTML')),
  'inside a form, defined before the markup': await hasForm(definition('innerHTML') + inForm),
  'inside a form, defined after, by a template': await hasForm(inForm + definition('template')),
};
await browser.close();
for (const [what, found] of Object.entries(seen)) console.log(`${what}: ${found ? 'there is a form' : 'the form is gone'}`);
const asRecorded = Object.values(seen).join() === 'true,false,true,true';
console.log(asRecorded ? 'as recorded' : 'CHANGED');
process.exit(asRecorded ? 0 : 1);
JS
node run.mjs
