import { describe, expect, it } from 'vitest';
import { readTicketTypes } from '../../../src/ops/ctl/api/ticket-type-text.js';

describe('a ticket type on the command line', () => {
  it('has an id and a name, and prices by category, a limit and a note where they are given', () => {
    const texts = ['adult=Adult', 'child=Child; Stalls=8.50; Box = left=12; max=2; note=under 12; with a = sign'];
    expect(() => readTicketTypes(texts, 'EUR')).toThrow('with a = sign');
    const child = readTicketTypes(['child=Child; Stalls=8.50; Box = left=12; max=2; note=under 12'], 'EUR');
    const prices = { Stalls: 850, 'Box = left': 1_200 };
    expect(child).toEqual([{ id: 'child', name: 'Child', maxPerHold: 2, note: 'under 12', prices }]);
    expect(readTicketTypes(['adult=Adult'], 'EUR')).toEqual([{ id: 'adult', name: 'Adult' }]);
  });

  it.each([
    ['Child', 'no id and name'],
    ['child=', 'no id and name'],
    ['child=Child; max=none', 'no number of seats'],
    ['child=Child; Stalls=8,50', '--ticket-type "Stalls=8,50" is no price in EUR'],
  ])('is refused where a part cannot be read: %s', (text, why) => {
    expect(() => readTicketTypes([text], 'EUR')).toThrow(why);
  });
});
