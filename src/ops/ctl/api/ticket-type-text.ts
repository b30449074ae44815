import { Misuse } from '../../misuse.js';
import { readPrices } from './money-text.js';

interface TicketType {
  readonly id: string;
  readonly name: string;
  readonly note?: string;
  readonly maxPerHold?: number;
  readonly prices?: Readonly<Record<string, number>>;
}

/**
 * Ticket types from `child=Child; Stalls=8.00; max=2; note=under 12`: id and name, then prices by category, the most seats in
 * one hold, and a note for the buyer. The first type has no prices of its own: it costs the prices of the showtime.
 * @throws Misuse where a part cannot be read.
 */
export function readTicketTypes(texts: readonly string[], currency: string): TicketType[] {
  return texts.map((text) => {
    const [head = '', ...parts] = text.split(';').map((part) => part.trim());
    const [, id, name] = /^([a-z0-9-]+)\s*=\s*(.+)$/.exec(head) ?? [];
    if (id === undefined || name === undefined) {
      throw new Misuse(`--ticket-type "${text}" begins with no id and name: it is like "child=Child; Stalls=8".`);
    }
    const note = partOf(parts, 'note');
    const max = partOf(parts, 'max');
    if (max !== undefined && !/^[1-9]\d{0,2}$/.test(max)) {
      throw new Misuse(`--ticket-type "${text}": "max=${max}" is no number of seats.`);
    }
    const priced = parts.filter((part) => !/^(note|max)\s*=/.test(part));
    return {
      id,
      name,
      ...(note === undefined ? {} : { note }),
      ...(max === undefined ? {} : { maxPerHold: Number(max) }),
      ...(priced.length === 0 ? {} : { prices: readPrices(priced, currency, '--ticket-type') }),
    };
  });
}

function partOf(parts: readonly string[], name: string): string | undefined {
  const part = parts.find((one) => new RegExp(`^${name}\\s*=`).test(one));
  return part?.slice(part.indexOf('=') + 1).trim();
}
