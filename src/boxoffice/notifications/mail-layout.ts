/** The two forms of every mail. */
import { Eta } from 'eta/core';

/** What a mail is made of, from top to bottom. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  /** What is called how. */
  | { readonly kind: 'facts'; readonly rows: readonly Row[] }
  /** Sums, the last of them in bold. */
  | { readonly kind: 'sums'; readonly rows: readonly Row[] }
  | { readonly kind: 'action'; readonly label: string; readonly url: string };

export type Row = readonly [label: string, value: string];

export interface Layout {
  readonly language: string;
  readonly subject: string;
  readonly title: string;
  readonly greeting: string;
  readonly blocks: readonly Block[];
  readonly openAddress: string;
  readonly footer: string;
}

const TEXT = `<%~ it.greeting %>


<%~ it.title %>

<% for (const block of it.blocks) { %>

<% if (block.kind === 'text') { %><%~ block.text %>

<% } else if (block.kind === 'heading') { %><%~ block.text %>

<% } else if (block.kind === 'action') { %><%~ block.label %>:
<%~ block.url %>

<% } else { for (const [label, value] of block.rows) { %><%~ label %>: <%~ value %>
<% } %>

<% } } %>

-- 
<%~ it.footer %>
`;

// Tables and styles in attributes, since Outlook and Gmail know little else. Dark mode: in programs that take the style sheet the
// colours change with it; the others invert by themselves, and nothing here depends on which they do. A button is a link with
// a border, so that it is one without its background too.
const HTML = `<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title><%= it.subject %></title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  body, .page { background: #16181d !important; }
  .card { background: #22252c !important; border-color: #3a3f4a !important; }
  .card, .card h1, .card h2, .card td { color: #eceef2 !important; }
  .quiet, td.quiet { color: #a8afbd !important; }
  .rule { border-color: #3a3f4a !important; }
  .button { background: #8ab4ff !important; border-color: #8ab4ff !important; color: #10131a !important; }
  .address { color: #8ab4ff !important; }
}
</style>
</head>
<body style="margin:0; padding:0; background:#f1f3f6;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f3f6;"><tr><td align="center" style="padding:24px 12px;">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px; background:#ffffff; border:1px solid #dfe3e8; border-radius:12px; color:#1d2129; font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif; text-align:left;"><tr><td style="padding:28px 24px;">
<p style="margin:0 0 12px;"><%= it.greeting %></p>
<h1 style="margin:0 0 16px; font-size:22px; line-height:1.3;"><%= it.title %></h1>
<% for (const block of it.blocks) { %>
<% if (block.kind === 'text') { %>
<p style="margin:0 0 16px;"><%= block.text %></p>
<% } else if (block.kind === 'heading') { %>
<h2 style="margin:24px 0 8px; font-size:17px;"><%= block.text %></h2>
<% } else if (block.kind === 'action') { %>
<p style="margin:24px 0 8px;"><a class="button" href="<%= block.url %>" style="display:inline-block; padding:12px 20px; background:#1a56c4; border:1px solid #1a56c4; border-radius:8px; color:#ffffff; font-weight:600; text-decoration:none;"><%= block.label %></a></p>
<p class="quiet" style="margin:0 0 16px; color:#5b6472; font-size:13px;"><%= it.openAddress %><br><a class="address" href="<%= block.url %>" style="color:#1a56c4; word-break:break-all;"><%= block.url %></a></p>
<% } else { %>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px; border-collapse:collapse;">
<% block.rows.forEach(([label, value], row) => { const isTotal = block.kind === 'sums' && row === block.rows.length - 1; %>
<tr><td class="<%= isTotal ? 'rule' : 'rule quiet' %>" style="padding:7px 12px 7px 0; border-top:1px solid #e6e9ed; vertical-align:top;<%= isTotal ? ' font-weight:700;' : ' color:#5b6472;' %>"><%= label %></td><td class="rule" style="padding:7px 0; border-top:1px solid #e6e9ed; vertical-align:top;<%= block.kind === 'sums' ? ' text-align:right; white-space:nowrap;' : '' %><%= isTotal ? ' font-weight:700;' : '' %>"><%= value %></td></tr>
<% }) %>
</table>
<% } %>
<% } %>
</td></tr></table>
<p class="quiet" style="max-width:560px; margin:16px auto 0; color:#5b6472; font:13px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif;"><%= it.footer %></p>
</td></tr></table>
</body>
</html>
`;

const eta = new Eta({ autoEscape: true, autoTrim: false });
eta.loadTemplate('@text', TEXT);
eta.loadTemplate('@html', HTML);

/** All that stands in the layout is escaped in the HTML. */
export function renderLayout(layout: Layout): { readonly text: string; readonly html: string } {
  const text = eta.render('@text', layout).replaceAll(/\n{3,}/g, '\n\n');
  // What the statements of the template leave behind.
  const html = eta.render('@html', layout).replaceAll(/\n\s*\n/g, '\n');
  return { text, html };
}
