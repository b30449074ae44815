import { createHash } from 'node:crypto';
import { qrModules, qrSvg } from './qr-picture.js';
import { type TicketSheet, wordsOf } from './ticket-sheet.js';

/** The code stands on white whatever the colours of the reader's screen are: readers find no code on a dark page. */
const STYLE = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 1rem/1.45 system-ui, "Noto Sans", "Nirmala UI", sans-serif; margin: 0; background: #eceff1; color: #111; }
main { max-width: 26rem; margin: 1.5rem auto; padding: 1.75rem 1.5rem; background: #fff; border-radius: 1rem; box-shadow: 0 1px 4px #0002; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; overflow-wrap: anywhere; }
p { margin: 0; }
.when { font-weight: 650; margin-bottom: .35rem; }
.address, .help, .order { color: #555; }
dl { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 1rem 0 0; padding: .75rem 0; border: solid #ccc; border-width: 1px 0; }
dt { font-size: .8rem; color: #555; }
dd { margin: 0; font-size: 1.3rem; font-weight: 700; overflow-wrap: anywhere; }
svg { display: block; width: 100%; max-width: 20rem; margin: .5rem auto 0; background: #fff; }
.reference { text-align: center; font-weight: 700; font-size: 1.15rem; letter-spacing: .08em; }
.help { text-align: center; font-size: .875rem; margin: 1rem 0; }
.order { display: flex; justify-content: space-between; gap: 1rem; font-size: .8rem; }
nav { display: flex; flex-wrap: wrap; gap: .5rem; max-width: 26rem; margin: 0 auto 2rem; padding: 0 1rem; }
nav a { flex: 1 1 auto; min-height: 2.75rem; padding: .6rem 1rem; text-align: center; text-decoration: none; color: #fff; background: #223; border-radius: .6rem; }
nav a:focus-visible { outline: 3px solid #36f; outline-offset: 2px; }
@media print {
  @page { size: A4; margin: 15mm; }
  body { background: none; font-size: 11pt; }
  main { box-shadow: none; border: 1px solid #999; border-radius: 0; margin: 0; width: 105mm; break-inside: avoid; }
  svg { width: 60mm; }
  nav { display: none; }
}`;

/** A ticket as a page that loads nothing, runs no script, and prints as one piece of paper. */
export interface TicketPage {
  readonly body: string;
  readonly policy: string;
}

/** @param links to the documents of the ticket: paths, and the address that saves it to Google Wallet. */
export function ticketPage(
  sheet: TicketSheet,
  links: Readonly<Partial<Record<'pdf' | 'calendar' | 'appleWallet' | 'googleWallet', string | undefined>>>,
): TicketPage {
  const words = wordsOf(sheet.lang);
  const title = sheet.rating === '' ? sheet.title : `${sheet.title} (${sheet.rating})`;
  const fields = sheet.fields.map(
    ({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  const buttons = [
    [links.pdf, words.pdf],
    [links.calendar, words.calendar],
    [links.appleWallet, 'Apple Wallet'],
    [links.googleWallet, 'Google Wallet'],
  ].flatMap(([href, text]) =>
    href === undefined ? [] : `<a href="${escapeHtml(href)}">${escapeHtml(text ?? '')}</a>`,
  );
  const body = `<!doctype html>
<html lang="${escapeHtml(sheet.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${escapeHtml(words.ticket)}: ${escapeHtml(sheet.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="when">${escapeHtml(sheet.when)}</p>
<p>${escapeHtml(sheet.venue)}</p>
<p class="address">${escapeHtml(sheet.address)}</p>
<dl>${fields.join('')}</dl>
${qrSvg(qrModules(sheet.code))}
<p class="reference">${escapeHtml(sheet.reference)}</p>
<p class="help">${escapeHtml(sheet.help)}</p>
<p class="order"><span>${escapeHtml(sheet.order)}</span><span>${escapeHtml(sheet.owner)}</span></p>
</main>
<nav>${buttons.join('')}</nav>
</body>
</html>
`;
  return { body, policy: POLICY };
}

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
