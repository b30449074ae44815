import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { pageEndpoint } from '../../http/page.js';
import { wireError } from '../../protocol/errors.js';
import { text } from '../catalogue/edit-parts.js';
import type { TicketParts } from './ticket-parts.js';
import type { Ticket } from './ticket-store.js';
import { acceptTicket, offerTicket, ownTicket } from './ticket-transfers.js';
import { ticketSchema, type ViewParts, viewFor } from './ticket-views.js';

const HOUR_MS = 3_600_000;
const SHARE_HOURS = 72;
const OFFER_HOURS = 72;

const hours = (usual: number) =>
  z.int().min(1).max(720).default(usual).meta({ description: 'For how many hours the link works.' });
const email = z.email().max(254).toLowerCase();
const linkSchema = z.object({ url: z.string(), expiresAt: z.iso.datetime() });
const given = { method: 'POST', tag: 'Tickets', access: 'session', rate: 'commands' } as const;

/** What owners do with their tickets: show them to others, and give them away. */
export function shareEndpoints(parts: TicketParts, view: ViewParts): readonly Endpoint[] {
  return [
    endpoint({
      ...given,
      id: 'shareTicket',
      path: '/v1/tickets/{ticketId}/share',
      summary: 'A link to the ticket that works without a session until it expires. The ticket stays the caller’s.',
      parameters: { ticketId: z.uuid() },
      body: z.strictObject({ hours: hours(SHARE_HOURS) }),
      reply: linkSchema,
      errors: ['not_found', 'booking_cancelled'],
      handle: async ({ parameters: { ticketId }, body, caller }) => {
        const own = await ownTicket(parts, ticketId, caller);
        if (!own.ok) return own;
        return { ok: true, body: linkTo(parts, own.value, parts.now() + body.hours * HOUR_MS) };
      },
    }),
    endpoint({
      ...given,
      id: 'passOnTicket',
      path: '/v1/tickets/{ticketId}/pass-on',
      summary: 'A link by which another person takes the ticket over; its code of before is refused from then on.',
      parameters: { ticketId: z.uuid() },
      body: z.strictObject({
        hours: hours(OFFER_HOURS),
        email: email.optional().meta({ description: 'Whom the link is mailed to.' }),
      }),
      reply: linkSchema,
      errors: ['not_found', 'booking_cancelled', 'in_use'],
      handle: async ({ parameters: { ticketId }, body, caller }) => {
        const expiresAt = parts.now() + body.hours * HOUR_MS;
        const offered = await offerTicket(parts, { ticketId, email: body.email, expiresAt }, caller);
        if (!offered.ok) return offered;
        return { ok: true, body: { url: offered.value.url, expiresAt: new Date(expiresAt).toISOString() } };
      },
    }),
    acceptEndpoint(parts, view),
    pageEndpoint({
      id: 'getTransferPage',
      path: '/ticket',
      summary: 'The page that a link for a ticket leads to: takes the ticket over, and shows it.',
      tag: 'Tickets',
      title: 'A ticket for you',
      main: MAIN,
      script: SCRIPT,
    }),
  ];
}

function acceptEndpoint(parts: TicketParts, view: ViewParts): Endpoint {
  return endpoint({
    ...given,
    id: 'acceptTicket',
    path: '/v1/tickets/accept',
    summary: 'Takes a ticket over by the link that its owner made. The same caller may ask again.',
    parameters: {},
    body: z.strictObject({
      token: z.string().min(1).max(100),
      name: text(100).min(1).meta({ description: 'Of who comes with the ticket.' }),
      email: email.optional(),
    }),
    reply: z.object({
      ticket: ticketSchema,
      url: z.string().meta({ description: 'A link to the ticket that works without a session until it is over.' }),
    }),
    errors: ['invalid_link', 'in_use'],
    handle: async ({ body, caller }) => {
      const accepted = await acceptTicket(parts, body.token, { name: body.name, email: body.email }, caller);
      if (!accepted.ok) return accepted;
      const ticket = viewFor(accepted.value, caller, view);
      if (!ticket) return { ok: false, error: wireError('invalid_link', 'This link was used.') };
      const { url } = linkTo(parts, accepted.value, accepted.value.showtime.endsAt + 24 * HOUR_MS);
      return { ok: true, body: { ticket, url } };
    },
  });
}

function linkTo({ links, siteUrl }: TicketParts, ticket: Ticket, expiresAt: number): z.infer<typeof linkSchema> {
  const link = links.make({ ticketId: ticket.id, generation: ticket.generation }, expiresAt);
  return { url: `${siteUrl}/v1/tickets/${ticket.id}/page?link=${link}`, expiresAt: new Date(expiresAt).toISOString() };
}

const MAIN = `<h1>A ticket for you</h1>
<p>Somebody has passed a ticket on to you. It is yours once you accept it, and nobody else can use it then.</p>
<form hidden>
<label>Your name <input name="name" maxlength="100" autocomplete="name" required></label>
<label>Your e-mail address, if you want the ticket by mail <input name="email" type="email" maxlength="254" autocomplete="email"></label>
<button>Accept the ticket</button>
</form>
<output role="status"></output>`;

/** The page needs no account: it makes a guest session, and keeps it for a second try. */
const SCRIPT = `const token = location.hash.startsWith('#accept=') ? location.hash.slice(8) : '';
const form = document.querySelector('form');
const told = document.querySelector('output');
form.hidden = token === '';
if (token === '') told.textContent = 'This link is not whole. Copy all of it.';
let session;
const send = async (path, body) => {
  const headers = { 'content-type': 'application/json', ...(session ? { authorization: 'Bearer ' + session } : {}) };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { ok: answer.ok, json: await answer.json() };
};
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  told.textContent = 'One moment.';
  try {
    session ??= (await send('/v1/sessions', {})).json.session;
    const email = form.elements.email.value;
    const body = { token, name: form.elements.name.value, ...(email ? { email } : {}) };
    const { ok, json } = await send('/v1/tickets/accept', body);
    if (ok) location.replace(new URL(json.url).pathname + new URL(json.url).search);
    else told.textContent = json.detail;
  } catch {
    told.textContent = 'The server did not answer. Try again.';
  }
});
`;
