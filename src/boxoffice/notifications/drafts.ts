/** Which mail follows from which event, to whom, and what it tells. */
import { z } from 'zod';
import { findAccountByEmail } from '../accounts/account-store.js';
import type { OutboxTopic } from '../outbox/topics.js';
import { type Drafting, mail } from './draft.js';
import { loadExchange } from './load-money.js';
import { loadOrder, loadShow } from './load-orders.js';
import { loadEndpoint, loadOffer, loadPassedOn } from './load-others.js';
import type { OrderFacts } from './mail-facts.js';
import { MONEY_DRAFTINGS } from './money-drafts.js';

const ofOrder = z.object({ orderId: z.string() });
const ofExchange = z.object({ orderId: z.string(), newOrderId: z.string() });
/** Rows of a node of an earlier version have none. */
const LOCALE = z.string().default('en');
const ofLink = z.object({ email: z.string(), linkId: z.string(), withinMs: z.number().optional(), locale: LOCALE });
const ofEmail = z.object({ email: z.string(), locale: LOCALE });
const ofOffer = z.object({ ticketId: z.string(), linkId: z.string() });

export const DRAFTINGS: { readonly [Topic in OutboxTopic]?: Drafting } = {
  async 'order.fulfilled'(event, { db, ticketFiles }) {
    const { orderId } = ofOrder.parse(event.payload);
    const order = await loadOrder(db, orderId);
    // Of an exchange another event tells.
    if (!order?.to || (await loadExchange(db, orderId))) return undefined;
    const attachments = await ticketFiles({ orderId });
    const data = { order: order.facts, hasTickets: attachments.length > 0 };
    return { to: order.to, locale: order.locale, ...mail('orderConfirmation', data), attachments };
  },
  async 'order.expired'(event, { db, site }) {
    const order = await loadOrder(db, ofOrder.parse(event.payload).orderId);
    if (!order?.to) return undefined;
    const data = { order: order.facts, ...site.toShowOf(order.facts) };
    return { to: order.to, locale: order.locale, ...mail('orderExpired', data) };
  },
  ...MONEY_DRAFTINGS,
  async 'order.exchanged'(event, { db, ticketFiles }) {
    const { orderId, newOrderId } = ofExchange.parse(event.payload);
    const exchange = await loadExchange(db, newOrderId);
    const order = exchange && (await loadOrder(db, newOrderId));
    const old = exchange && (await loadOrder(db, orderId, exchange.lines));
    if (!order?.to || !old) return undefined;
    const attachments = await ticketFiles({ orderId: newOrderId });
    const { credit, refund } = exchange;
    const data = { order: order.facts, old: old.facts, credit, refund, hasTickets: attachments.length > 0 };
    return { to: order.to, locale: order.locale, ...mail('orderExchanged', data), attachments };
  },
  async 'showtime.reminder'(event, { db, now }) {
    const order = await loadOrder(db, ofOrder.parse(event.payload).orderId);
    if (!order?.to || !['fulfilled', 'partly_refunded'].includes(order.state)) return undefined;
    const facts = stillToCome(order.facts, now());
    // It has begun, or was given back: nobody is to be reminded.
    if (facts.shows.length === 0) return undefined;
    return { to: order.to, locale: order.locale, ...mail('showtimeReminder', { order: facts }) };
  },
  async 'hold.ending'(event, { db, site, now }) {
    const order = await loadOrder(db, ofOrder.parse(event.payload).orderId);
    if (!order?.to || order.state !== 'awaiting_payment' || order.expiresAt <= now()) return undefined;
    const data = { order: order.facts, until: order.expiresAt, ...site.toShowOf(order.facts) };
    return { to: order.to, locale: order.locale, ...mail('holdEnding', data) };
  },
  async 'ticket.passed_on'(event, { db, ticketFiles }) {
    const passed = await loadPassedOn(db, event.payload);
    const show = passed && (await loadShow(db, passed.showtimeId));
    if (!passed || !show) return undefined;
    const { to, locale, orderId, ticketId, name, seat } = passed;
    const attachments = await ticketFiles({ orderId, ticketId });
    const data = { show, name, seat, hasTicket: attachments.length > 0 };
    return { to, locale, ...mail('ticketPassedOn', data), attachments };
  },
  async 'ticket.offered'(event, { ticketOffer }) {
    const offer = await ticketOffer(ofOffer.parse(event.payload));
    if (!offer) return undefined;
    const { to, locale, ...data } = offer;
    return { to, locale, ...mail('ticketOffered', data) };
  },
  async 'waitlist.offered'(event, { db, site, now }) {
    const offer = await loadOffer(db, event.payload);
    const show = offer && (await loadShow(db, offer.showtimeId));
    if (!offer || !show || offer.until <= now()) return undefined;
    const { to, locale, seats, until } = offer;
    const data = { show, name: '', seats, until, url: site.showtime(offer.showtimeId) };
    return { to, locale, ...mail('waitlistOffer', data) };
  },
  async 'webhook.endpoint_disabled'(event, { db, staff: { locale } }) {
    const endpoint = await loadEndpoint(db, event.payload);
    return endpoint && { to: endpoint.to, locale, ...mail('endpointDisabled', { url: endpoint.url }) };
  },
  async 'account.sign_up'(event, { db, links, now }) {
    const { email: to, linkId, locale } = ofLink.parse(event.payload);
    const hasAccount = (await findAccountByEmail(db, to)) !== undefined;
    const withinMs = hasAccount ? links.passwordTtlMs : links.signUpTtlMs;
    if (event.createdAt.getTime() + withinMs <= now()) return undefined;
    const data = { url: links.urlOf(hasAccount ? 'password' : 'sign-up', linkId), withinMs };
    return { to, locale, ...mail(hasAccount ? 'signUpKnown' : 'signUp', data) };
  },
  async 'account.password_asked'(event, { db, links, now }) {
    const { email: to, linkId, locale } = ofLink.parse(event.payload);
    if (!(await findAccountByEmail(db, to))) return { to, locale, ...mail('noAccount', {}) };
    if (event.createdAt.getTime() + links.passwordTtlMs <= now()) return undefined;
    const data = { url: links.urlOf('password', linkId), withinMs: links.passwordTtlMs };
    return { to, locale, ...mail('passwordReset', data) };
  },
  async 'account.password_changed'(event) {
    const { email: to, locale } = ofEmail.parse(event.payload);
    return { to, locale, ...mail('passwordChanged', {}) };
  },
  async 'account.invited'(event, { links }) {
    const { email: to, linkId, withinMs = links.passwordTtlMs, locale } = ofLink.parse(event.payload);
    return { to, locale, ...mail('invitation', { url: links.urlOf('password', linkId), withinMs }) };
  },
};

function stillToCome(order: OrderFacts, now: number): OrderFacts {
  return { ...order, shows: order.shows.filter(({ show }) => show.startsAt > now) };
}
