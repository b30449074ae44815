import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAddress } from '../../src/http/client-address.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { guestOf } from './web-buyer.js';

describe('without a proxy of ours', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ SESSIONS_PER_SECOND: '3' });
  });
  afterAll(() => stage.close());

  it('nothing that a client says of its address gives it another: with a hundred it makes as many guests as with one', async () => {
    const made = await Promise.all(Array.from({ length: 100 }, (_, i) => guestOf(stage.port, `203.0.113.${i}`)));
    // A hundred requests are over within a second or two.
    expect(made.filter((guest) => guest !== undefined).length).toBeLessThanOrEqual(9);
    const headers = ['forwarded', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-forwarded-for'];
    const answers = await Promise.all(
      headers.flatMap((name) =>
        [1, 2, 3].map((i) =>
          fetch(`http://127.0.0.1:${stage.port}/v1/sessions`, {
            method: 'POST',
            headers: { [name]: `198.51.100.${i}` },
          }),
        ),
      ),
    );
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(6);
  });
});

describe('whose rate it is', () => {
  it.each([
    ['nobody’s word, where no proxy is ours', '203.0.113.9', 0, '192.0.2.1'],
    ['what our proxy wrote', '203.0.113.9', 1, '203.0.113.9'],
    ['what our proxy wrote, behind what a client made up', '198.51.100.1, 203.0.113.9', 1, '203.0.113.9'],
    ['what the outer of our two proxies wrote', '198.51.100.1, 203.0.113.9, 10.0.0.2', 2, '203.0.113.9'],
    ['the peer, where fewer proxies wrote than there are', '203.0.113.9', 2, '192.0.2.1'],
    ['the peer, where our proxy wrote nothing', '198.51.100.1,', 1, '192.0.2.1'],
  ])('%s', (_what, forwarded, hops, address) => {
    expect(clientAddress('192.0.2.1', forwarded, hops)).toBe(address);
  });

  it('one, from whatever port: some proxies write it too, and it is the client’s to choose', () => {
    const written = ['203.0.113.9:50001', '203.0.113.9:50002', '203.0.113.9'];
    expect(new Set(written.map((text) => clientAddress('192.0.2.1', text, 1)))).toEqual(new Set(['203.0.113.9']));
    const six = ['[2001:db8:1:2::1]:50001', '[2001:db8:1:2::1]:50002', '[2001:db8:1:2::1]', '2001:db8:1:2::1'];
    expect(new Set(six.map((text) => clientAddress('192.0.2.1', text, 1))).size).toBe(1);
  });

  it('that of a network of IPv6, of which one customer has 2⁶⁴ addresses, and not that of each', () => {
    const ofOne = [
      '2001:db8:1:2::1',
      '2001:db8:1:2:ffff:ffff:ffff:ffff',
      '2001:DB8:1:2:0:0:0:1',
      '2001:0db8:0001:0002::',
    ];
    expect(new Set(ofOne.map((text) => clientAddress('192.0.2.1', text, 1))).size).toBe(1);
    expect(new Set(ofOne.map((peer) => clientAddress(peer, '', 0))).size).toBe(1);
    const others = ['2001:db8:1:3::1', '2001:db8:2:2::1', '::1', 'fe80::1', '2001:db8::1:2'];
    expect(new Set(others.map((text) => clientAddress('192.0.2.1', text, 1))).size).toBe(others.length);
  });

  it('that of the address of IPv4 that a socket of both kinds shows as one of IPv6', () => {
    for (const peer of ['::ffff:192.0.2.7', '0000:0000:0000:0000:0000:ffff:c000:0207', '::ffff:c000:207']) {
      expect(clientAddress(peer, '', 0)).toBe('192.0.2.7');
    }
    expect(clientAddress('::ffff:192.0.2.8', '', 0)).not.toBe(clientAddress('::ffff:192.0.2.7', '', 0));
  });

  it('its own text, where it is no address at all', () => {
    for (const text of ['unknown', '_hidden', 'evil\u0000', '1.2.3.4.5', ':::::', '[::1', 'x'.repeat(5_000)]) {
      expect(clientAddress('192.0.2.1', text, 1)).toBe(text.slice(0, 64));
    }
  });
});
